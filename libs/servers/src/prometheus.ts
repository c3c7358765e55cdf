import { join } from 'node:path';
import { findServerProgram, type FindOptions, type ServerProgram } from './server-program.js';
import {
  startSystemServer,
  type SystemServer,
  type SystemServerKind,
  type SystemServerOptions,
} from './system-server.js';

const prometheus: ServerProgram = {
  name: 'prometheus',
  path: 'usr/bin/prometheus',
  packages: ['prometheus'],
  apt: 'prometheus',
  brew: 'prometheus',
};

const kind: SystemServerKind = {
  title: 'Prometheus',
  scheme: 'http',
  program: prometheus,
  ready: /Server is ready to receive web requests/,
  arguments: (port, dir) => [
    `--config.file=${join(dir, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(dir, 'series')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ],
  isOurs: async (port, _pid, dir) => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/status/runtimeinfo`);
    return ((await answer.json()) as { data: { CWD: string } }).data.CWD === dir;
  },
};

/** Starts a Prometheus by the `prometheus.yml` in its folder, for tests of what an operator gets. */
export async function startPrometheus(options: SystemServerOptions): Promise<SystemServer> {
  return await startSystemServer(kind, options);
}

/** The checker that comes with Prometheus. Answers the command. */
export function findPromtool(options: FindOptions = {}): Promise<string[]> {
  return findServerProgram({ ...prometheus, name: 'promtool', path: 'usr/bin/promtool' }, options);
}
