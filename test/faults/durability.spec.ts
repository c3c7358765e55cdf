import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPostgres } from '#servers/postgres.js';
import { startSystem } from '../e2e/system.js';
import { runCommand, type Outcome } from './command.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fechatter-durability-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function start(launcher: string, env: Record<string, string>): Promise<Outcome> {
  const fixed = { PORT: '0', HEALTH_PORT: '0', LOG_LEVEL: 'warn', NODE_ENV: 'production', RATE_LIMITS: 'on' };
  return runCommand([`apps/cli/${launcher}.mjs`], { ...fixed, ...env });
}

describe('Production refuses a PostgreSQL that may lose what it has acknowledged', () => {
  it('in standalone', async () => {
    const dataDir = await mkdtemp(join(folder, 'standalone-'));
    expect(await (await startSystem({ dataDir })).stop()).toBe(0);
    await appendFile(join(dataDir, 'postgres', 'cluster', 'postgresql.auto.conf'), 'synchronous_commit = off\n');
    const { code, output } = await start('start', { FECHATTER_DATA_DIR: dataDir });
    expect(code).toBe(1);
    expect(output).toContain('PostgreSQL runs with synchronous_commit = off');
    expect(output).not.toMatch(/\n\s+at /);
    // Whoever develops may do so.
    expect(await (await startSystem({ dataDir })).stop()).toBe(0);
  });

  it('in distributed', async () => {
    const server = await startPostgres({ dataDir: join(folder, 'careless'), durability: 'off' });
    try {
      const env = { DATABASE_ADMIN_URL: server.adminUrl, FECHATTER_DATA_DIR: join(folder, 'distributed') };
      const { code, output } = await start('start-distributed', env);
      expect(code).toBe(1);
      expect(output).toMatch(/fsync = off[\s\S]*full_page_writes = off/);
      expect(output).not.toMatch(/\n\s+at /);
    } finally {
      await server.stop();
    }
  });
});
