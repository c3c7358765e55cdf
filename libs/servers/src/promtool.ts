import { findServerProgram, type FindOptions } from './server-program.js';

/** The checker of Prometheus, for tests of what an operator gets. Answers the command. */
export function findPromtool(options: FindOptions = {}): Promise<string[]> {
  return findServerProgram(
    {
      name: 'promtool',
      path: 'usr/bin/promtool',
      packages: ['prometheus'],
      apt: 'prometheus',
      brew: 'prometheus',
    },
    options,
  );
}
