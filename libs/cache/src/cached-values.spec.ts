import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { gate } from '#testing/gate.js';
import { audit } from './auditor.js';
import { FakeStore } from './store.fixture.js';
import { cachedTable, type Row } from './values.fixture.js';

const ada: Row = { id: 1, name: 'ada' };
const bob: Row = { id: 2, name: 'bob' };
const rowsOf = (...rows: Row[]) => new Map(rows.map((row) => [row.id, row]));
const memory = () => new FakeStore(async (work) => work());

describe('Cached values', () => {
  it('are loaded together once, however many ask', async () => {
    const { values, loads } = cachedTable({}, undefined, rowsOf(ada, bob));
    const asked = Array.from({ length: 100 }, () => values.getOrComputeMany([1, 2, 3]));
    expect(await Promise.all([...asked, values.getOrComputeMany([1])])).toHaveLength(101);
    expect(await values.getOrCompute(2)).toEqual(bob);
    expect(await values.getOrCompute(3)).toBeUndefined();
    expect(loads).toEqual([[1, 2, 3]]);
  });

  it('are loaded by one only of the processes that share a store', async () => {
    const store = memory();
    const rows = rowsOf(ada);
    const tables = [1, 2, 3, 4].map(() => cachedTable({}, store, rows));
    const found = await Promise.all(tables.map(({ values }) => values.getOrCompute(1)));
    expect(found).toEqual([ada, ada, ada, ada]);
    expect(tables.flatMap(({ loads }) => loads)).toEqual([[1]]);
  });

  it('are loaded without storing when the holder of the lease takes long', async () => {
    const store = memory();
    await store.begin(['1'], 'somebody slow');
    const { values, loads } = cachedTable({}, store, rowsOf(ada), { waitMs: 0 });
    expect(await values.getOrCompute(1)).toEqual(ada);
    expect(loads).toEqual([[1]]);
    expect(await store.all()).toEqual([]);
  });

  it('are answered, but not kept, when they were invalidated while they were loaded', async () => {
    const table = cachedTable({}, memory(), rowsOf(ada));
    const { opened: closed, open } = gate();
    table.gate = closed;
    const early = table.values.getOrCompute(1);
    await Promise.resolve();
    while (table.loads.length === 0) await Promise.resolve();
    table.rows.set(1, { id: 1, name: 'lovelace' });
    await table.values.invalidate([1]);
    const late = table.values.getOrCompute(1);
    open();
    expect(await early).toEqual(ada);
    expect(await late).toEqual({ id: 1, name: 'lovelace' });
    expect(await table.values.getOrCompute(1)).toEqual({ id: 1, name: 'lovelace' });
  });

  it('are answered as they are to whoever asks after a change, also beside what somebody loads already', async () => {
    const table = cachedTable({}, undefined, rowsOf(ada, bob));
    const { opened: closed, open } = gate();
    table.gate = closed;
    const early = table.values.getOrComputeMany([1, 2]);
    const lovelace = { id: 1, name: 'lovelace' };
    await table.values.change([1], async () => table.rows.set(1, lovelace));
    const late = table.values.getOrComputeMany([1, 2]);
    open();
    expect((await early).get(1)).toEqual(ada);
    expect(await late).toEqual(rowsOf(lovelace, bob));
    expect(table.loads).toEqual([[1, 2], [1]]);
  });

  it('cannot be stored while a change is made, whose maker may die', async () => {
    const store = memory();
    const table = cachedTable({}, store, rowsOf(ada), { waitMs: 0 });
    const { opened: closed, open } = gate();
    const changing = table.values.change([1], () => closed);
    const other = cachedTable({}, store, table.rows, { waitMs: 0 });
    expect(await other.values.getOrCompute(1)).toEqual(ada);
    expect(await store.all()).toEqual([]);
    open();
    await changing;
    expect(table.published).toEqual([[1]]);
  });

  it('invalidate also when the change fails, and pass its error on', async () => {
    const { values, published } = cachedTable({}, memory(), rowsOf(ada));
    await expect(values.change([1], () => Promise.reject(new RangeError('taken')))).rejects.toThrow(RangeError);
    expect(published).toEqual([[1]]);
  });

  it('remember that there is none, until it is made', async () => {
    const { values, loads, rows } = cachedTable({}, memory());
    expect(await values.getOrCompute(1)).toBeUndefined();
    expect(await values.getOrCompute(1)).toBeUndefined();
    expect(loads).toHaveLength(1);
    rows.set(1, ada);
    await values.invalidate([1]);
    expect(await values.getOrCompute(1)).toEqual(ada);
  });

  it('never remember an error, and keep nobody waiting for it', async () => {
    const store = memory();
    const table = cachedTable({}, store, rowsOf(ada));
    table.gate = Promise.reject(new Error('no database'));
    await expect(table.values.getOrCompute(1)).rejects.toThrow('no database');
    table.gate = Promise.resolve();
    expect(await table.values.getOrCompute(1)).toEqual(ada);
    expect(await store.all()).toHaveLength(1);
  });

  describe('as time passes', () => {
    let passed = 0;
    const now = performance.now.bind(performance);
    beforeEach(() => {
      passed = 0;
      jest.spyOn(performance, 'now').mockImplementation(() => now() + passed);
    });
    afterEach(() => void jest.restoreAllMocks());

    it('say that there is none for a short time only', async () => {
      const { values, rows } = cachedTable({ negativeMs: 1_000 });
      expect(await values.getOrCompute(1)).toBeUndefined();
      rows.set(1, ada);
      expect(await values.getOrCompute(1)).toBeUndefined();
      passed += 1_200;
      expect(await values.getOrCompute(1)).toEqual(ada);
    });

    it('run out one after the other, though they were loaded together', async () => {
      const ids = Array.from({ length: 200 }, (_, id) => id);
      const { values, loads } = cachedTable(
        { localMs: 100_000 },
        undefined,
        rowsOf(...ids.map((id) => ({ id, name: '' }))),
      );
      const atOnce = async () => {
        await values.getOrComputeMany(ids);
        return loads.at(-1)?.length;
      };
      expect(await atOnce()).toBe(200);
      passed += 85_000;
      await atOnce();
      expect(loads).toHaveLength(1);
      passed += 15_000;
      expect(await atOnce()).toBeGreaterThan(50);
      expect(loads.at(-1)?.length).toBeLessThan(150);
    });
  });

  it('that ran out are served while they are loaded anew in the background', async () => {
    const table = cachedTable({ localMs: 0, staleMs: 60_000 }, undefined, rowsOf(ada));
    await table.values.getOrCompute(1);
    table.rows.set(1, { id: 1, name: 'lovelace' });
    const { opened: closed, open } = gate();
    table.gate = closed;
    expect(await table.values.getOrCompute(1)).toEqual(ada);
    expect(await table.values.getOrCompute(1)).toEqual(ada);
    expect(table.loads).toHaveLength(2);
    open();
    while ((await table.values.getOrCompute(1))?.name !== 'lovelace') await new Promise(setImmediate);
  });

  it('of a pattern are forgotten together, here and elsewhere', async () => {
    const { values, loads, published } = cachedTable({}, memory(), rowsOf(ada, bob));
    await values.getOrComputeMany([1, 2]);
    await values.invalidateAll();
    await values.getOrComputeMany([1, 2]);
    expect(loads).toHaveLength(2);
    expect(published).toEqual([undefined]);
  });

  it('are refused at once when too many loads wait', async () => {
    const table = cachedTable();
    const { opened: closed, open } = gate();
    table.gate = closed;
    const asked = [1, 2, 3, 4, 5].map((id) => table.values.getOrCompute(id));
    await expect(asked[4]).rejects.toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
    open();
    await Promise.all(asked.slice(0, 4));
  });

  it('that strayed from their rows are found by the auditor', async () => {
    const { values, rows } = cachedTable({}, memory(), rowsOf(ada, bob));
    await values.getOrComputeMany([1, 2, 3]);
    expect(await audit(values, Number)).toEqual({ compared: 6, differences: [] });
    rows.set(2, { id: 2, name: 'robert' });
    const { differences } = await audit(values, Number);
    expect(differences.map(({ key, layer }) => `${key} ${layer}`)).toEqual(['row:2 memory', 'row:2 redis']);
  });
});
