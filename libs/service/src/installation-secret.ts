import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './start-error.js';

/**
 * A secret of this installation, made at the first start and kept in the data folder, readable by its owner only.
 * Throws a StartError when its file is empty.
 */
export function installationSecret(dataDir: string, name: 'secret' | 'bus-secret'): string {
  const path = join(dataDir, name);
  if (!existsSync(path)) make(path);
  const secret = readFileSync(path, 'utf8').trim();
  if (secret === '') throw new StartError(`The file ${path} is empty. Put the secret back that was in it.`);
  return secret;
}

/** Appears with its content or not at all; the one that another start has made meanwhile stays. */
function make(path: string): void {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
}
