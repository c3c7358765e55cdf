import type { ChildProcess } from 'node:child_process';

/** A Fechatter that was started for tests, as processes of its own. */
export interface System {
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly child: ChildProcess;
  log(): string;
  stop(): Promise<number | null>;
  kill(): Promise<void>;
}

export interface SystemOptions {
  topology?: 'standalone' | 'distributed';
  args?: string[];
  /** Undefined leaves a variable unset. */
  env?: Record<string, string | undefined>;
  dataDir?: string;
  port?: number;
}

/** The repository's folder. */
export const root: string;
export function freePort(following?: number): Promise<number>;
export function startSystem(options?: SystemOptions): Promise<System>;
