import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './root.mjs';

const beatMs = 1_000;
const deadAfterMs = 5_000;
const askMs = 200;
// Installing empties node_modules and building empties dist, so the mark lies outside the repository.
const mark = join(
  tmpdir(),
  `fechatter-prepare-${createHash('sha256').update(`${process.getuid?.()} ${root}`).digest('hex').slice(0, 16)}`,
);

/** Lets one process at a time install and build in this repository. A holder that died is evicted. */
export async function inTurn(work) {
  for (let waiting = false; !take(); waiting = true) {
    if (!waiting) process.stderr.write('Another start is installing or building here. Waiting for it …\n');
    evictDead();
    await sleep(askMs);
  }
  const heart = setInterval(beat, beatMs);
  const release = () => rmSync(mark, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(heart);
    process.removeListener('exit', release);
    release();
  }
}

function beat() {
  try {
    utimesSync(mark, new Date(), new Date());
  } catch {
    // Somebody emptied the folder of temporary files: the work goes on, only unguarded.
  }
}

function take() {
  try {
    writeFileSync(mark, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function evictDead() {
  const evicted = `${mark}-${randomUUID()}`;
  try {
    if (isAlive(mark)) return;
    renameSync(mark, evicted);
    // Another waiter may have evicted the dead one and moved in since we looked.
    if (isAlive(evicted)) renameSync(evicted, mark);
    else rmSync(evicted);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

/** The heartbeat tells a holder from another process that was given its pid later. */
function isAlive(file) {
  const beatsNow = Date.now() - statSync(file).mtimeMs < deadAfterMs;
  return beatsNow && runs(Number(readFileSync(file, 'utf8')));
}

function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code !== 'ESRCH';
  }
}
