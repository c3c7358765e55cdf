import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { Loop } from './loop.js';

beforeAll(() => configureLogging('silent', 'loop'));

let loop: Loop | undefined;
afterEach(() => loop?.stop());

/** Work whose runs the test ends one by one. */
class Work {
  readonly ends: (() => void)[] = [];
  begun = 0;
  running = 0;
  mostAtOnce = 0;
  fail = false;

  readonly run = async (): Promise<void> => {
    this.begun++;
    this.running++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.running);
    await new Promise<void>((resolve) => this.ends.push(resolve));
    this.running--;
    if (this.fail) throw new Error('this run fails');
  };

  endOne(): void {
    this.ends.shift()?.();
  }
}

describe('A background loop', () => {
  it('runs at once, and again after its pause', async () => {
    const work = new Work();
    loop = new Loop('test', 5, work.run);
    loop.start();
    expect(work.begun).toBe(1);
    work.endOne();
    await eventually(() => work.begun === 2);
    work.endOne();
  });

  it('never lets two runs overlap, and makes one more run of any number of triggers', async () => {
    const work = new Work();
    loop = new Loop('test', 60_000, work.run);
    loop.start();
    for (let count = 0; count < 10; count++) loop.trigger();
    await turn();
    expect(work.begun).toBe(1);
    work.endOne();
    await eventually(() => work.begun === 2);
    work.endOne();
    await eventually(() => work.running === 0);
    await turn();
    expect(work).toMatchObject({ begun: 2, mostAtOnce: 1 });
  });

  it('is woken from its pause by a trigger', async () => {
    const work = new Work();
    loop = new Loop('test', 60_000, work.run);
    loop.start();
    work.endOne();
    await eventually(() => work.running === 0);
    await turn();
    loop.trigger();
    expect(work.begun).toBe(2);
    work.endOne();
  });

  it('goes on after a run that failed', async () => {
    const work = new Work();
    work.fail = true;
    loop = new Loop('test', 1, work.run);
    loop.start();
    work.endOne();
    await eventually(() => work.begun === 2);
    work.endOne();
  });

  it('stops after the run in progress, and begins none afterwards', async () => {
    const work = new Work();
    loop = new Loop('test', 1, work.run);
    loop.start();
    loop.trigger();
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await turn();
    expect(stopped).toBe(false);
    work.endOne();
    await stopping;
    loop.trigger();
    await turn();
    expect(work).toMatchObject({ begun: 1, running: 0 });
  });

  it('does nothing before it is started', async () => {
    const work = new Work();
    loop = new Loop('test', 1, work.run);
    loop.trigger();
    await turn();
    expect(work.begun).toBe(0);
  });
});
