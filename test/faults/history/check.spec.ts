import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { check } from './check.js';
import { cleanHistory } from './clean-history.js';
import { anomalies, type Applied, type History, type Operation, type Row } from './history.js';
import { plants } from './planted-bugs.js';

const seed = Number(process.env.SEED ?? 42);

describe('the history checker', () => {
  it('finds nothing in histories of a server without a fault', () => {
    const isSilent = (history: History) => expect(check(history)).toEqual([]);
    fc.assert(fc.property(cleanHistory, isSilent), { seed, numRuns: 1_000 });
  });

  it.each(anomalies)('finds a planted %s', (anomaly) => {
    const isFound = (clean: History) => {
      const spoilt = plants[anomaly](clean);
      fc.pre(spoilt !== undefined);
      expect(check(spoilt).map((finding) => finding.anomaly)).toContain(anomaly);
    };
    fc.assert(fc.property(cleanHistory, isFound), { seed, numRuns: 200 });
  });

  it('tells where a planted bug is', () => {
    const outcome = { type: 'ok', ended: 2, seq: 1 } as const;
    const operations = [{ chat: 7, key: 'k', content: 'c', invoked: 1, outcome }];
    const applied = [{ seq: 1, version: 1, content: 'c', at: 3 }];
    const view = { client: 'ada', chat: 7, base: 0, stays: [{ first: 1 }] };
    const rows = [{ chat: 7, seq: 1, key: 'k', content: 'c' }];
    expect(check({ operations, rows, views: [{ ...view, applied }], reads: [] })).toEqual([]);
    expect(check({ operations, rows, views: [{ ...view, applied: [] }], reads: [] })).toEqual([
      { anomaly: 'not-converged', chat: 7, client: 'ada', seq: 1 },
    ]);
    expect(check({ operations, rows: [], views: [], reads: [] })).toEqual([
      { anomaly: 'lost-ack', chat: 7, seq: 1, key: 'k' },
    ]);
  });

  it('lets an operation of unknown outcome have happened, late and once, or not', () => {
    const info = { chat: 1, key: 'k', content: 'c', invoked: 5, outcome: { type: 'info' } } as const;
    const row = { chat: 1, seq: 1, key: 'k', content: 'c' };
    expect(check({ operations: [info], rows: [], views: [], reads: [] })).toEqual([]);
    expect(check({ operations: [info], rows: [row], views: [], reads: [] })).toEqual([]);
    const twice = [row, { ...row, seq: 2 }];
    expect(check({ operations: [info], rows: twice, views: [], reads: [] })).toMatchObject([
      { anomaly: 'duplicate-store', seq: 2 },
    ]);
  });

  it('compares what clients saw with each other where nobody else knows it', () => {
    const view = (client: string, content: string) => {
      return { client, chat: 1, base: 0, stays: [{ first: 1 }], applied: [{ seq: 1, version: 1, content, at: 1 }] };
    };
    const rows = [{ chat: 1, seq: 1 }];
    const seen = (...views: ReturnType<typeof view>[]) => check({ operations: [], rows, views, reads: [] });
    expect(seen(view('ada', 'a'), view('bob', 'a'))).toEqual([]);
    expect(seen(view('ada', 'a'), view('bob', 'b'))).toMatchObject([{ anomaly: 'view-disagrees', client: 'bob' }]);
  });

  it('lets a client do without what it was told that it does not get', () => {
    const rows = [1, 2, 3, 4].map((seq) => ({ chat: 1, seq }));
    const applied = [1, 4].map((seq) => ({ seq, version: seq, content: '', at: 1 }));
    const view = { client: 'ada', chat: 1, base: 0, stays: [{ first: 1 }], applied };
    const found = (last: number) =>
      check({ operations: [], rows, views: [{ ...view, forgone: [{ first: 2, last }] }], reads: [] });
    expect(found(3)).toEqual([]);
    expect(found(2)).toMatchObject([{ anomaly: 'gap-applied', seq: 3 }]);
  });

  it('takes hundreds of thousands of deliveries', () => {
    const count = 30_000;
    const operations: Operation[] = [];
    const rows: Row[] = [];
    const applied: Applied[] = [];
    for (let seq = 1; seq <= count; seq++) {
      const said = { chat: 1, key: `k${seq}`, content: `c${seq}` };
      operations.push({ ...said, invoked: seq, outcome: { type: 'ok', ended: seq + 1, seq } });
      rows.push({ ...said, seq });
      applied.push({ seq, version: seq, content: said.content, at: seq + 2 });
    }
    const views = Array.from({ length: 20 }, (_, client) => {
      return { client: String(client), chat: 1, base: 0, stays: [{ first: 1 }], applied };
    });
    expect(check({ operations, rows, views, reads: [] })).toEqual([]);
  });
});
