import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ServerError } from './server-error.js';

const run = promisify(execFile);

/** A program that no npm package ships, and where Debian and Homebrew have it. */
export interface ServerProgram {
  readonly name: string;
  /** Path inside the extracted packages. */
  readonly path: string;
  /** Debian packages: the program's own, and the libraries that a minimal system lacks. */
  readonly packages: readonly string[];
  /** Names for the line that a person types. */
  readonly apt: string;
  readonly brew: string;
}

export interface FindOptions {
  /** Where fetched programs are kept for the next time. Default: `~/.cache/fechatter/servers`. */
  readonly cacheDir?: string | undefined;
  readonly log?: ((line: string) => void) | undefined;
}

const usualFolders = '/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin';
const fetchMs = 120_000;

/**
 * Finds a program on the PATH and in the usual folders, else in the cache, else fetches it from the Debian or Ubuntu
 * archive into the cache. Installing the packages would also start system services on the well-known ports. Answers the
 * command, program first or behind an `env`. Throws a ServerError `missing` with the line to type.
 */
export async function findServerProgram(program: ServerProgram, options: FindOptions = {}): Promise<string[]> {
  const installed = await findInstalled(program.name);
  if (installed) return [installed];
  const cache = options.cacheDir ?? join(homedir(), '.cache', 'fechatter', 'servers');
  const folder = join(cache, program.name);
  if (!existsSync(join(folder, program.path))) await fetchPackages(program, cache, folder, options.log);
  return withLibraries(folder, program.path);
}

async function findInstalled(name: string): Promise<string | undefined> {
  try {
    const { stdout } = await run('/bin/sh', ['-c', `PATH="$PATH:${usualFolders}" command -v "$1"`, 'sh', name], {
      timeout: 5_000,
    });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

async function fetchPackages(
  program: ServerProgram,
  cache: string,
  folder: string,
  log: FindOptions['log'],
): Promise<void> {
  let draft: string | undefined;
  try {
    mkdirSync(cache, { recursive: true });
    draft = mkdtempSync(join(cache, 'fetch-'));
    log?.(`Fetching ${program.name} from the system's package archive`);
    await download(program.packages, draft);
    const root = join(draft, 'root');
    for (const file of readdirSync(draft))
      if (file.endsWith('.deb')) await run('dpkg', ['-x', join(draft, file), root], { timeout: fetchMs });
    if (!existsSync(join(root, program.path))) throw new Error(`the package holds no ${program.path}`);
    moveInto(root, folder, program.path);
  } catch (cause) {
    throw new ServerError(
      'missing',
      `${program.name} is not on this machine and could not be fetched. Install it by: ${installLine(program)}`,
      { cause },
    );
  } finally {
    if (draft !== undefined) rmSync(draft, { recursive: true, force: true });
  }
}

/** Downloads without installing, which needs no root. Package lists of our own are fetched only where the system has none that fit. */
async function download(packages: readonly string[], into: string): Promise<void> {
  const options = { cwd: into, timeout: fetchMs };
  try {
    await run('apt-get', ['download', ...packages], options);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    const lists = join(into, 'lists');
    mkdirSync(join(lists, 'partial'), { recursive: true });
    const own = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${into}`];
    await run('apt-get', [...own, 'update'], options);
    await run('apt-get', [...own, 'download', ...packages], options);
  }
}

/** Another process may have fetched the same at the same time: then its copy stays. */
function moveInto(root: string, folder: string, path: string): void {
  try {
    renameSync(root, folder);
  } catch (error) {
    if (!existsSync(join(folder, path))) throw error;
  }
}

function withLibraries(folder: string, path: string): string[] {
  const program = join(folder, path);
  const libraries = join(folder, 'usr', 'lib');
  if (!existsSync(libraries)) return [program];
  const folders = readdirSync(libraries, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return ['env', `LD_LIBRARY_PATH=${folders.map(({ name }) => join(libraries, name)).join(':')}`, program];
}

function installLine({ apt, brew }: ServerProgram): string {
  return process.platform === 'darwin' ? `brew install ${brew}` : `sudo apt-get install ${apt}`;
}
