import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Setting } from '../bench.js';
import type { Person } from '../person.js';
import type { Subject } from '../subject.js';
import { searchText } from './texts.js';

const chats = 4;
const rowsPerStatement = 5_000;
const indexedMs = 1_800_000;

/** A server with so many messages, all indexed. */
export interface Corpus {
  readonly subject: Subject;
  readonly person: Person;
  readonly chatIds: readonly number[];
  readonly count: number;
  readonly textOf: (number: number) => string;
  /** How fast the index read them. */
  readonly indexedPerSecond: number;
}

const insert = `
  INSERT INTO message.messages (chat_id, seq, id, ordinal, version, sender_id, created_at, content)
  SELECT h.chat_id, h.last_seq + n, nextval('message.messages_id_seq'), h.message_count + n, h.last_seq + n, $2,
    $3::timestamptz + n * interval '1 second', text
  FROM message.chat_heads h, unnest($4::text[]) WITH ORDINALITY t(text, n) WHERE h.chat_id = $1 ORDER BY n`;
const advance = `
  UPDATE message.chat_heads SET last_seq = last_seq + $2, message_count = message_count + $2, last_created_at = $3,
    last_activity_at = $3 WHERE chat_id = $1`;
const indexed = `
  SELECT coalesce(sum(h.last_seq - coalesce(p.seq, 0)), 0)::int AS left FROM message.chat_heads h
  LEFT JOIN search.positions p ON p.chat_id = h.chat_id`;

/** Texts of the file CORPUS (a line each), or made ones. */
export async function textsOf(file: string | undefined, count: number): Promise<(number: number) => string> {
  if (file === undefined) return searchText;
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (line.trim() !== '') lines.push(line.slice(0, 16_000));
    if (lines.length === count) break;
  }
  if (lines.length === 0) throw new Error(`CORPUS=${file} holds no lines`);
  return (number) => lines[number % lines.length]!;
}

/** Fills a server, in the order of time over all chats, and waits until search has read it. */
export async function fillCorpus(setting: Setting, subject: Subject, count: number): Promise<Corpus> {
  const person = await subject.register('searcher');
  const chatIds = [person.generalId];
  for (let number = 1; number < chats; number++) chatIds.push(await person.createChannel(`corpus-${number}`, [person]));
  const textOf = await textsOf(process.env.CORPUS, count);
  const startMs = Date.now() - count * 1_100;
  const begunAt = performance.now();
  for (let done = 0, turn = 0; done < count; turn++) {
    const size = Math.min(rowsPerStatement, count - done);
    const texts = Array.from({ length: size }, (_, row) => textOf(done + row));
    const [chatId, at] = [chatIds[turn % chats]!, new Date(startMs + done * 1_000)];
    await subject.admin.query('BEGIN');
    await subject.admin.query(insert, [chatId, person.id, at, texts]);
    await subject.admin.query(advance, [chatId, size, new Date(at.getTime() + size * 1_000)]);
    await subject.admin.query('COMMIT');
    done += size;
    if (turn % 20 === 0)
      setting.say(`${count.toLocaleString('en')} messages: ${Math.floor((done / count) * 100)} % loaded`);
  }
  await untilRead(setting, subject);
  const indexedPerSecond = count / ((performance.now() - begunAt) / 1_000);
  setting.say('vacuum');
  await subject.admin.query('VACUUM (ANALYZE)');
  await subject.admin.query('CHECKPOINT');
  return { subject, person, chatIds, count, textOf, indexedPerSecond };
}

async function untilRead({ say }: Setting, { admin }: Subject): Promise<void> {
  for (const deadline = Date.now() + indexedMs; ; await new Promise((resolve) => setTimeout(resolve, 500))) {
    const { rows } = await admin.query<{ left: number }>(indexed);
    if (rows[0]!.left === 0) return;
    say(`${rows[0]!.left.toLocaleString('en')} left to index`);
    if (Date.now() > deadline) throw new Error('Search did not index the messages in time');
  }
}
