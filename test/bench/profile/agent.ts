/**
 * Loaded into every process by `--import`. A process of the server says that it is there, and at SIGUSR2 it begins to
 * profile itself; at the next one it writes what it has found into the folder and stops.
 */
import { writeFileSync, renameSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { Found, Present } from './found.js';

const cpuIntervalUs = 500;
const heapIntervalBytes = 64 * 1024;

const folder = process.env.FECHATTER_PROFILE_DIR;
const name = nameOf(process.argv[1] ?? '');
if (folder !== undefined && name !== undefined) {
  const present: Present = { pid: process.pid, name, port: Number(process.env.PORT) };
  write(`${process.pid}.present.json`, present);
  let running: Promise<() => Promise<Found>> | undefined;
  process.on('SIGUSR2', () => {
    if (running === undefined) running = begin(name);
    else {
      const finish = running;
      running = undefined;
      void finish.then((end) => end()).then((found) => write(`${process.pid}.found.json`, found));
    }
  });
}

async function begin(processName: string): Promise<() => Promise<Found>> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: cpuIntervalUs });
  // What was collected meanwhile counts too: it shows who makes the garbage.
  await session.post('HeapProfiler.startSampling', {
    samplingInterval: heapIntervalBytes,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await session.post('Profiler.start');
  const memoryBefore = { ...getHeapStatistics(), rss: process.memoryUsage.rss() };
  return async () => {
    const { profile: cpu } = await session.post('Profiler.stop');
    const { profile: heap } = await session.post('HeapProfiler.stopSampling');
    session.disconnect();
    const memoryAfter = { ...getHeapStatistics(), rss: process.memoryUsage.rss() };
    return { name: processName, cpu, heap, memoryBefore, memoryAfter };
  };
}

function nameOf(script: string): string | undefined {
  if (script.endsWith('/apps/cli/start.mjs')) return 'standalone';
  return /\/dist\/apps\/(\w+)\/src\/main\.js$/.exec(script)?.[1];
}

/** Appears with its content at once. */
function write(file: string, value: Present | Found): void {
  const path = join(folder ?? '', file);
  writeFileSync(`${path}.tmp`, JSON.stringify(value));
  renameSync(`${path}.tmp`, path);
}
