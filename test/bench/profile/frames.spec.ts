import { describe, expect, it } from '@jest/globals';
import { bySelf, cpuTree, heapTree, titleOf } from './frames.js';

const frame = (functionName: string, url = '', lineNumber = 0) => ({
  functionName,
  url,
  lineNumber,
  scriptId: '1',
  columnNumber: 0,
});
const send = 'file:///x/dist/apps/message/src/send/send.queue.js';

describe(cpuTree.name, () => {
  it('counts time by function and origin, without the idle time', () => {
    const tree = cpuTree({
      startTime: 0,
      endTime: 60_000,
      nodes: [
        { id: 1, callFrame: frame('(root)'), children: [2, 3, 4] },
        { id: 2, callFrame: frame('(idle)') },
        { id: 3, callFrame: frame('flush', send, 9), children: [5] },
        { id: 4, callFrame: frame('(garbage collector)') },
        { id: 5, callFrame: frame('write', 'file:///x/node_modules/@scope/pg/lib/a.js') },
      ],
      samples: [2, 3, 5, 5, 4],
      timeDeltas: [10_000, 20_000, 5_000, 5_000, 10_000],
    });
    expect(tree.total).toBe(40);
    expect(bySelf(tree, ({ origin }) => origin)).toEqual([
      { key: 'apps/message', self: 20, share: 0.5 },
      { key: '@scope/pg', self: 10, share: 0.25 },
      { key: 'garbage collection', self: 10, share: 0.25 },
    ]);
    expect(bySelf(tree, titleOf)[0]?.key).toBe('flush (apps/message, send.queue.js:10)');
    expect([...tree.children.values()][0]?.total).toBe(30);
  });
});

describe(heapTree.name, () => {
  it('counts bytes by function', () => {
    const leaf = { selfSize: 30, children: [], callFrame: frame('parse', 'node:internal/buffer') };
    const tree = heapTree({ head: { selfSize: 0, callFrame: frame('(root)'), children: [leaf] } });
    expect(bySelf(tree, ({ origin }) => origin)).toEqual([{ key: 'node:internal/buffer', self: 30, share: 1 }]);
  });
});
