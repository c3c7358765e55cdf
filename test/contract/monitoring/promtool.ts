import { spawnSync } from 'node:child_process';
import { findPromtool } from '#servers/prometheus.js';

export interface Verdict {
  readonly status: number | null;
  /** What it says, without empty lines. */
  readonly lines: readonly string[];
}

/** Runs promtool of Debian's `prometheus`, which is fetched where it is missing. Throws ServerError `missing`. */
export async function promtool(args: readonly string[], input = ''): Promise<Verdict> {
  const [program = '', ...prefix] = await findPromtool();
  const { status, stdout, stderr } = spawnSync(program, [...prefix, ...args], { input, encoding: 'utf8' });
  return { status, lines: `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '') };
}
