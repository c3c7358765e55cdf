import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { npm } from './tool.mjs';

const stampFile = 'node_modules/.fechatter-installed';
/** What npm itself writes when, and only when, an install has come to its end. */
const npmsOwnList = 'node_modules/.package-lock.json';

/** Whether node_modules holds what the lock file asks for, on this platform, development packages included. */
export function isInstalled() {
  const lock = read('package-lock.json');
  const stamp = stampOf(lock);
  if (read(stampFile) === stamp) return true;
  // Somebody may have run `npm ci` by hand.
  const list = read(npmsOwnList);
  if (list === undefined || !holdsEverything(JSON.parse(lock).packages, JSON.parse(list).packages)) return false;
  writeFileSync(stampFile, stamp);
  return true;
}

/** Installs exactly the lock file. What `NODE_ENV=production` or a setting of npm would leave out is needed for the build. */
export async function install() {
  await npm('Installing the packages', [
    'ci',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  writeFileSync(stampFile, stampOf(read('package-lock.json')));
}

/** Compares the `packages` of a lock file with those that npm has installed. */
function holdsEverything(wanted, installed) {
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.link) return true;
    const found = installed[path];
    if (found) return found.version === entry.version && found.integrity === entry.integrity;
    return Boolean(entry.optional) && !isForThisMachine(entry);
  });
}

/**
 * Whether an optional package names this platform. Left out are those for one C library (npm alone knows which one is
 * here), and those that name no platform: they belong to optional packages of other platforms.
 */
function isForThisMachine({ os, cpu, libc }) {
  return libc === undefined && (os ?? cpu) !== undefined && allows(os, process.platform) && allows(cpu, process.arch);
}

function allows(list, value) {
  if (list === undefined) return true;
  return list.includes(value) || (list.every((entry) => entry.startsWith('!')) && !list.includes(`!${value}`));
}

function stampOf(lock) {
  return createHash('sha256').update(`${process.platform} ${process.arch}\n${lock}`).digest('hex');
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
