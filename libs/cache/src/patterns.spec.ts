import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import type { CachePattern, MemoryPattern } from './pattern.js';
import { memories, otherPatterns, patterns } from './patterns.js';

/** Written by this spec itself when UPDATE_README is set. */
const file = 'libs/cache/README.md';
const [begin, end] = ['<!-- patterns -->', '<!-- /patterns -->'];

const seconds = (ms: number) => `${ms / 1_000} s`;

function table(): string {
  const cached = Object.values<CachePattern>(patterns).map((pattern) => [
    `\`${pattern.key}\``,
    pattern.owner,
    `memory ${seconds(pattern.localMs)}${pattern.isShared ? `, Redis ${seconds(pattern.ttlMs)}` : ''}`,
    seconds(pattern.negativeMs),
    pattern.invalidatedBy,
  ]);
  const remembered = Object.values<MemoryPattern>(memories).map(
    ({ key, owner, localMs, negativeMs, invalidatedBy }) => [
      `\`${key}\``,
      owner,
      `memory ${seconds(localMs)}`,
      negativeMs === 0 ? '' : seconds(negativeMs),
      invalidatedBy,
    ],
  );
  const others = otherPatterns.map(({ key, instead }) => [`\`${key}\``, instead]);
  return [
    toTable(['key', 'owner', 'kept', '"none" kept', 'invalidated by'], [...cached, ...remembered]),
    toTable(['other key of the guide', 'instead'], others),
  ].join('\n\n');
}

/** As prettier formats it. */
function toTable(names: string[], rows: string[][]): string {
  const widths = names.map((name, column) =>
    Math.max(...[names, ...rows].map((row) => row[column]?.length ?? 0), name.length),
  );
  const line = (cells: string[]) => `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(names), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

it('are those of the table in the README', () => {
  const page = readFileSync(file, 'utf8');
  const [from, to] = [page.indexOf(begin) + begin.length, page.indexOf(end)];
  const wanted = `${page.slice(0, from)}\n\n${table()}\n\n${page.slice(to)}`;
  if (process.env.UPDATE_README === undefined) expect(page).toBe(wanted);
  else writeFileSync(file, wanted);
});

it('have names of their own and times that can be kept', () => {
  const all = Object.values<CachePattern>(patterns);
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  for (const { key, name, mostLocal, localMs, ttlMs, negativeMs } of all) {
    expect(Math.min(mostLocal, localMs, ttlMs, negativeMs)).toBeGreaterThan(0);
    expect(key.startsWith(`${name}:`)).toBe(true);
    expect(negativeMs).toBeLessThanOrEqual(5_000);
    expect(localMs).toBeLessThanOrEqual(ttlMs);
  }
});

it('say of every key of the guide what became of it', () => {
  const known = [...Object.values(patterns), ...Object.values(memories), ...otherPatterns].map(({ key }) => key).join();
  const guide = [
    ...['user:{user_id}', 'user:email:{email}', 'chat:{chat_id}', 'chat:members:{chat_id}', 'message:{message_id}'],
    ...['chat:messages:{chat_id}:{page}', 'messages:chat:{chat_id}:latest', 'workspace:{workspace_id}'],
    ...['workspace:{workspace_id}:users', ':chats', 'search:messages:{query_hash}:{page}'],
  ];
  for (const key of guide) expect(known).toContain(key);
  for (const { localMs, negativeMs } of Object.values<MemoryPattern>(memories)) {
    expect(localMs).toBeGreaterThan(0);
    expect(negativeMs).toBeLessThanOrEqual(localMs);
  }
});
