import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { Collector } from '#testing/collector.js';
import { gate } from '#testing/gate.js';
import { upTo } from '#testing/range.js';
import { currentSpan } from './current-span.js';
import type { Span } from './span.js';
import { inSpan, onBehalfOf, startTracing } from './tracing.js';

const work = { name: 'work', kind: 'internal' } as const;
const unrecorded = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-00`;

let collector: Collector;
let stop: () => Promise<void>;

beforeAll(async () => {
  collector = await Collector.start();
});
afterAll(() => collector.stop());
beforeEach(async () => {
  stop = await startTracing(collector.url, 'test', 1);
});
afterEach(() => stop());

/** Ways in which code waits. */
function waits(shared: Promise<void>): readonly (() => Promise<unknown>)[] {
  const events = new EventEmitter();
  return [
    async () => undefined,
    () => turn(),
    () => pause(0),
    () => shared,
    () => shared.then(() => turn()).finally(() => undefined),
    () => new Promise<void>((resolve) => queueMicrotask(resolve)),
    async () => ({ then: (resolve: (value: null) => void) => setImmediate(() => resolve(null)) }),
    () => Promise.all([turn(), shared, Promise.reject(new Error('no')).catch(() => turn())]),
    () => {
      setImmediate(() => events.emit('come'));
      return once(events, 'come');
    },
    async () => {
      for await (const _ of each([turn(), shared])) await turn();
    },
  ];
}

async function* each(promises: readonly Promise<void>[]): AsyncGenerator<void> {
  for (const promise of promises) yield await promise;
}

describe('The span in progress', () => {
  it('stays with each of a hundred works at once, whatever they wait for and whoever wakes them', async () => {
    const opened = gate();
    const ways = waits(opened.opened);
    const one = (number: number) => async (span: Span | undefined) => {
      const expected = number % 3 === 0 ? undefined : span;
      for (const step of ways.keys()) {
        expect(currentSpan()).toBe(expected);
        if (number === 1 && step === 2) opened.open();
        await ways[(number + step) % ways.length]!();
        expect(currentSpan()).toBe(expected);
        await inSpan(
          { ...work, name: 'inner' },
          async (inner) => {
            await turn();
            if (expected !== undefined) expect(currentSpan()).toBe(inner);
          },
          expected === undefined ? unrecorded : undefined,
        );
      }
      expect(currentSpan()).toBe(expected);
    };
    await Promise.all(upTo(100).map((n) => inSpan(work, one(n), n % 3 === 0 ? unrecorded : undefined)));
    expect(currentSpan()).toBeUndefined();
  });

  it('is none for what is called later by a timer or a queue', async () => {
    const later: readonly ((call: () => void) => unknown)[] = [
      (call) => setTimeout(call),
      (call) => setImmediate(call),
      (call) => queueMicrotask(call),
      (call) => process.nextTick(call),
    ];
    const seen = await inSpan(work, () =>
      Promise.all(later.map((call) => new Promise((resolve) => call(() => resolve(currentSpan()))))),
    );
    expect(seen).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('is the first recorded one for what is done for several, and never that of whoever happens to do it', async () => {
    await inSpan(work, async () => {
      const mine = currentSpan();
      await inSpan(work, async () => {
        expect(onBehalfOf([undefined, mine, currentSpan()], currentSpan)).toBe(mine);
        expect(onBehalfOf([undefined], currentSpan)).toBeUndefined();
        await onBehalfOf([], async () => {
          await turn();
          expect(currentSpan()).toBeUndefined();
        });
      });
    });
  });
});
