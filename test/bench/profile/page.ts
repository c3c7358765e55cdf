import { readFileSync } from 'node:fs';
import { escapeHtml } from '../report/escape.js';
import { style } from '../report/style.js';
import { number } from '../report/table.js';
import type { Found } from './found.js';
import { bySelf, cpuTree, heapTree, titleOf, type FrameNode } from './frames.js';

const MiB = 2 ** 20;
const rows = 40;

/** A flame graph of where a process spent its time, and what it did to the heap, as a page that needs nothing else. */
export function profilePage(title: string, found: Found): string {
  const [cpu, heap] = [cpuTree(found.cpu), heapTree(found.heap)];
  const busy = cpu.total / ((found.cpu.endTime - found.cpu.startTime) / 1000);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title><style>${style}${flameStyle}</style></head>
<body><h1>${escapeHtml(title)}</h1>
<p class="conditions">JavaScript ran ${Math.round(busy * 100)} % of the time. Sampling slows the process down: shares count, not rates.</p>
<section><h2>CPU</h2>
<p class="note">Width is time. Click to zoom, click the lowest bar to come back, type to find. Blue is ours, orange the packages, grey Node and V8, red garbage collection.</p>
<input id="find" type="search" placeholder="find a function, file or package"> <output id="found"></output>
<div id="flames"></div></section>
<section><h2>CPU by origin</h2>${table(
    bySelf(cpu, ({ origin }) => origin),
    'ms',
    1,
  )}</section>
<section><h2>CPU by function</h2>${table(bySelf(cpu, titleOf), 'ms', 1)}</section>
<section><h2>Heap</h2>${memory(found)}</section>
<section><h2>Allocated by origin</h2>${table(
    bySelf(heap, ({ origin }) => origin),
    'MiB',
    MiB,
  )}</section>
<section><h2>Allocated by function</h2>${table(bySelf(heap, titleOf), 'MiB', MiB)}
<p class="note">All that was allocated under the load, collected or not.</p></section>
<script type="application/json" id="tree">${JSON.stringify(compact(cpu, cpu.total)).replaceAll('<', '\\u003c')}</script>
<script type="module">${script()}</script>
</body></html>
`;
}

function script(): string {
  return readFileSync(new URL('flames.js', import.meta.url), 'utf8').replace(/^\/\/# sourceMappingURL.*$/m, '');
}

/** What the page's script draws: [title, origin, total, children]. */
type Flame = readonly [title: string, origin: string, total: number, children: readonly Flame[]];

function compact(node: FrameNode, all: number): Flame {
  // Narrower than a thousandth of the page cannot be seen.
  const children = [...node.children.values()].filter(({ total }) => total > all / 2_000);
  children.sort((a, b) => b.total - a.total);
  return [titleOf(node), node.origin, Math.round(node.total * 10) / 10, children.map((child) => compact(child, all))];
}

function table(sums: ReturnType<typeof bySelf>, unit: string, scale: number): string {
  const body = sums.slice(0, rows).map(({ key, self, share }) => {
    return `<tr><td>${escapeHtml(key)}</td><td>${number(self / scale)} ${unit}</td><td>${(share * 100).toFixed(1)} %</td></tr>`;
  });
  return `<table><thead><tr><th></th><th>itself</th><th>share</th></tr></thead><tbody>${body.join('')}</tbody></table>`;
}

function memory({ memoryBefore, memoryAfter }: Found): string {
  const names = ['rss', 'total_heap_size', 'used_heap_size', 'external_memory', 'malloced_memory'];
  const cell = (value: number | undefined) => `<td>${number((value ?? 0) / MiB)} MiB</td>`;
  const body = names.map((name) => `<tr><td>${name}</td>${cell(memoryBefore[name])}${cell(memoryAfter[name])}</tr>`);
  return `<table><thead><tr><th></th><th>before</th><th>after</th></tr></thead><tbody>${body.join('')}</tbody></table>`;
}

const flameStyle = `
#flames { position: relative; overflow: hidden; margin-top: 12px; } #find { font: inherit; padding: 4px 8px; width: 320px; }
#flames div { position: absolute; height: 19px; overflow: hidden; white-space: nowrap; text-overflow: clip; font-size: 12px; line-height: 19px; text-indent: 4px;
  border-radius: 2px; color: #14171a; cursor: pointer; } #flames div.dim { opacity: .25; }`;
