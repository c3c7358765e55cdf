import type { HeapProfiler, Profiler } from 'node:inspector';

/** A function in a tree of calls, with what was measured in it and below it. */
export interface FrameNode {
  readonly name: string;
  /** Where it comes from: `apps/message`, `pg`, `node:net`, `garbage collection`, … */
  readonly origin: string;
  /** `file:line`; empty for what has none. */
  readonly place: string;
  /** Measured in the function itself. */
  self: number;
  /** With what it called. */
  total: number;
  readonly children: Map<string, FrameNode>;
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** The tree of a CPU profile, in ms. Time in which nothing was to do is left out, and that of the profiler. */
export function cpuTree(profile: Profiler.Profile): FrameNode {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const self = new Map<number, number>();
  for (const [index, id] of (profile.samples ?? []).entries()) {
    self.set(id, (self.get(id) ?? 0) + (profile.timeDeltas?.[index] ?? 0) / 1000);
  }
  const root = emptyNode({ functionName: 'all', url: '', lineNumber: -1 });
  const walk = (id: number, parent: FrameNode): void => {
    const node = nodes.get(id)!;
    if (node.callFrame.functionName === '(idle)' || isOfTheProfiler(node.callFrame)) return;
    const own = node.callFrame.functionName === '(root)' ? parent : childOf(parent, node.callFrame);
    own.self += self.get(id) ?? 0;
    for (const child of node.children ?? []) walk(child, own);
  };
  if (profile.nodes[0] !== undefined) walk(profile.nodes[0].id, root);
  return summed(root);
}

function isOfTheProfiler({ url }: CallFrame): boolean {
  return url.startsWith('node:inspector') || url.endsWith('/bench/profile/agent.js');
}

/** The tree of a sampling heap profile, in bytes that were allocated. */
export function heapTree({ head }: HeapProfiler.SamplingHeapProfile): FrameNode {
  const root = emptyNode({ functionName: 'all', url: '', lineNumber: -1 });
  const walk = (node: HeapProfiler.SamplingHeapProfileNode, parent: FrameNode): void => {
    const own = node.callFrame.functionName === '(root)' ? parent : childOf(parent, node.callFrame);
    own.self += node.selfSize;
    for (const child of node.children) walk(child, own);
  };
  walk(head, root);
  return summed(root);
}

/** Functions, or origins, by what was measured in themselves, the most first. */
export function bySelf(
  root: FrameNode,
  keyOf: (node: FrameNode) => string,
): { key: string; self: number; share: number }[] {
  const sums = new Map<string, number>();
  const walk = (node: FrameNode): void => {
    if (node.self > 0) sums.set(keyOf(node), (sums.get(keyOf(node)) ?? 0) + node.self);
    for (const child of node.children.values()) walk(child);
  };
  walk(root);
  const rows = [...sums].map(([key, self]) => ({ key, self, share: self / root.total }));
  return rows.sort((a, b) => b.self - a.self);
}

/** How a function is named in tables. */
export function titleOf({ name, origin, place }: FrameNode): string {
  return place === '' ? name : `${name} (${origin}, ${place})`;
}

function childOf(parent: FrameNode, frame: CallFrame): FrameNode {
  const key = `${frame.functionName} ${frame.url}:${frame.lineNumber}`;
  const child = parent.children.get(key) ?? emptyNode(frame);
  parent.children.set(key, child);
  return child;
}

function emptyNode({ functionName, url, lineNumber }: CallFrame): FrameNode {
  const file = url.slice(url.lastIndexOf('/') + 1).replace(/^node:/, '');
  const place = url === '' ? '' : `${file}:${lineNumber + 1}`;
  return {
    name: functionName || '(anonymous)',
    origin: originOf(functionName, url),
    place,
    self: 0,
    total: 0,
    children: new Map(),
  };
}

function originOf(name: string, url: string): string {
  if (name === '(garbage collector)') return 'garbage collection';
  if (url === '') return 'native';
  if (url.startsWith('node:'))
    return url
      .split('/')
      .slice(0, url.startsWith('node:internal') ? 2 : 1)
      .join('/');
  const packageName = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  return packageName ?? /\/dist\/((?:apps|libs)\/[^/]+)\//.exec(url)?.[1] ?? 'other';
}

function summed(node: FrameNode): FrameNode {
  node.total = node.self;
  for (const child of node.children.values()) node.total += summed(child).total;
  return node;
}
