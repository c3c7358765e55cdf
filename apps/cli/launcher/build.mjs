import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from './tool.mjs';

/** Lies in the folder that every build begins by deleting: an interrupted build leaves none. */
const stampFile = 'dist/.fechatter-built';
const folders = ['apps', 'libs', 'migrations', 'test'];
const files = ['.swcrc', 'package.json'];

/** Whether dist/ was built from the sources as they are now. */
export function isBuilt() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === fingerprint();
}

export async function build() {
  // Taken before: a change during the build has to be built by the next start.
  const stamp = fingerprint();
  await npm('Building', ['run', '--silent', 'build']);
  writeFileSync(stampFile, stamp);
}

/** Path, size and time of every file that goes into the build. */
function fingerprint() {
  const hash = createHash('sha256');
  const add = (path) => {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  };
  for (const file of files) add(file);
  for (const folder of folders) sources(folder).forEach(add);
  return hash.digest('hex');
}

function sources(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return /(?<!spec)\.ts$/.test(entry.name) ? [path] : [];
    });
}
