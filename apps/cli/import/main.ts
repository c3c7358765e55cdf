import { access } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { ImportResult } from '#contracts/import.contract.js';
import { runCommand, UsageError } from '../command.js';
import { describeError } from '../describe-error.js';
import { Progress } from '../progress.js';
import { readLines, type FileLine } from './lines.js';
import { Server } from './server.js';

const usage = `npm run import -- FILE --email ADDRESS --password WORD [--url http://localhost:8080] [--workspace ID]

Brings a chat history into a workspace that you own (your first one unless given). FILE is NDJSON, gzipped or not:
  {"chat":"general","sender":"ada","ts":"2024-05-01T09:30:00Z","text":"Hello"}
ts is RFC 3339 or seconds since 1970. Senders become users who cannot sign in; times stay as they were.
Interrupt it when you like and run it again: nothing is stored twice.`;

const chunkBytes = 1024 * 1024;
const chunkLines = 5_000;
const reportedBadLines = 20;
const mostTries = 30;

interface Chunk {
  readonly lines: (FileLine & { json: string })[];
  bytes: number;
}

const totals = { imported: 0, skipped: 0, failed: 0 };
const bad: string[] = [];

function refuse(number: number, reason: string): void {
  totals.failed++;
  if (bad.length < reportedBadLines) bad.push(`  line ${number}: ${reason}`);
}

const options = {
  url: { type: 'string', default: 'http://localhost:8080' },
  email: { type: 'string' },
  password: { type: 'string' },
  workspace: { type: 'string' },
} as const;

async function importFile(path: string, server: Server, workspace: number): Promise<void> {
  const progress = new Progress('lines');
  let read = 0;
  let chunk: Chunk = { lines: [], bytes: 0 };
  const flush = async () => {
    if (chunk.lines.length > 0) await deliver(server, workspace, chunk);
    chunk = { lines: [], bytes: 0 };
    progress.show(read, totals.imported + totals.skipped + totals.failed);
  };
  for await (const line of readLines(path)) {
    read = line.read;
    if ('reason' in line) {
      refuse(line.number, line.reason);
      continue;
    }
    chunk.lines.push(line);
    chunk.bytes += line.json.length;
    if (chunk.bytes >= chunkBytes || chunk.lines.length >= chunkLines) await flush();
  }
  await flush();
  progress.show(1, totals.imported + totals.skipped + totals.failed, true);
  process.stdout.write(
    `${totals.imported} lines imported, ${totals.skipped} were there already, ${totals.failed} refused\n`,
  );
  if (bad.length > 0) process.stdout.write(`${bad.join('\n')}\n${totals.failed > bad.length ? '  …\n' : ''}`);
}

/** Sends a chunk until the server has taken it. A repetition is safe: each line has an id. */
async function deliver(server: Server, workspace: number, chunk: Chunk): Promise<void> {
  const body = chunk.lines.map(({ json }) => json).join('\n');
  let result: ImportResult | undefined;
  for (let tries = 1; result === undefined; tries++) {
    const answer = await server.import(workspace, body);
    if ('result' in answer) result = answer.result;
    else if (!answer.again || tries === mostTries) throw new Error(answer.reason);
    else await pause(Math.min(5_000, 200 * 2 ** tries) * (0.5 + Math.random() / 2));
  }
  totals.imported += result.imported;
  totals.skipped += result.skipped;
  for (const { line, reason } of result.errors) refuse(chunk.lines[line - 1]?.number ?? 0, reason);
  totals.failed += result.failed - result.errors.length;
}

/** The message of an import that broke off; what was answered before is stored. */
function interrupted(error: unknown): Error {
  const sentence = `${totals.imported} lines were imported before. Run it again to go on: nothing is stored twice.`;
  return new Error(`${describeError(error)}\n${sentence}`, { cause: error });
}

await runCommand(usage, options, async ({ url, email, password, workspace }, [path, ...more]) => {
  if (path === undefined || email === undefined || password === undefined || more.length > 0)
    throw new UsageError('Give one file, --email and --password.');
  await access(path).catch(() => {
    throw new Error(`There is no file ${path} that can be read.`);
  });
  const server = await Server.signIn(url, email, password);
  const target = await server.workspace(workspace);
  await importFile(path, server, target).catch((error: unknown) => {
    throw interrupted(error);
  });
  return 0;
});
