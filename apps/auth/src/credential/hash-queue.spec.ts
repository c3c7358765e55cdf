import { describe, expect, it } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import { metrics } from '#telemetry/metrics.js';
import { HashQueue } from './hash-queue.js';
import { showHashes } from './hash.metrics.js';

/** A job that ends when told to. */
function job() {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { work: () => ended, end };
}

describe('HashQueue', () => {
  it('never runs more at once than it may, and runs all in order', async () => {
    const queue = new HashQueue({ running: 2, waiting: 100, maxWaitMs: 10_000 });
    let running = 0;
    let most = 0;
    const begun: number[] = [];
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        queue.run(async () => {
          begun.push(n);
          most = Math.max(most, ++running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(begun).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  it('shows how many run and how many wait', async () => {
    const queue = new HashQueue({ running: 2, waiting: 100, maxWaitMs: 10_000 });
    showHashes(queue);
    const shown = async () => (await metrics.metrics()).match(/^fechatter_password_hashes\{.*$/gm);
    const jobs = Array.from({ length: 5 }, job);
    const runs = jobs.map(({ work }) => queue.run(work));
    expect(await shown()).toEqual([
      'fechatter_password_hashes{state="running"} 2',
      'fechatter_password_hashes{state="waiting"} 3',
    ]);
    for (const { end } of jobs) end();
    await Promise.all(runs);
    expect(await shown()).toEqual([
      'fechatter_password_hashes{state="running"} 0',
      'fechatter_password_hashes{state="waiting"} 0',
    ]);
  });

  it('refuses at once when the line is full', async () => {
    const queue = new HashQueue({ running: 1, waiting: 1, maxWaitMs: 10_000 });
    const [first, second] = [job(), job()];
    const runs = [queue.run(first.work), queue.run(second.work)];
    await expect(queue.run(async () => 'third')).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 5 });
    first.end();
    second.end();
    await Promise.all(runs);
    await expect(queue.run(async () => 'fourth')).resolves.toBe('fourth');
  });

  it('refuses who has waited too long, without running the job', async () => {
    const queue = new HashQueue({ running: 1, waiting: 10, maxWaitMs: 20 });
    const first = job();
    const running = queue.run(first.work);
    let ran = false;
    const late = queue.run(async () => {
      ran = true;
    });
    await expect(late).rejects.toBeInstanceOf(FechatterError);
    first.end();
    await running;
    await expect(queue.run(async () => 'next')).resolves.toBe('next');
    expect(ran).toBe(false);
  });

  it('gives its place on when a job fails', async () => {
    const queue = new HashQueue({ running: 1, waiting: 10, maxWaitMs: 10_000 });
    const failing = queue.run(async () => Promise.reject(new Error('broken')));
    const next = queue.run(async () => 'next');
    await expect(failing).rejects.toThrow('broken');
    await expect(next).resolves.toBe('next');
  });
});
