import type { Message } from '#contracts/message.contract.js';
import { defaultPool } from '#database/data-source.js';
import { sql } from '#database/statement.js';
import { testDatabase } from '#testing/database.js';
import { gate } from '#testing/gate.js';
import { searchDataSource } from '../search.data-source.js';
import { statementMs } from './find.database.js';
import { noEffects, type Effects } from './effects.js';
import type { Condition, Engine, Found, Hit, Search } from './engine.js';
import { GenerationRepository } from './generation.repository.js';
import { IndexRepository } from './index.repository.js';
import { MatchRepository } from './match.repository.js';
import { PostgresEngine } from './postgres-engine.js';
import { WordRepository } from './word.repository.js';

const slices = sql(
  'spec.slices',
  'SELECT messages, oldest, newest FROM search.slices WHERE workspace_id = $1 ORDER BY oldest',
);

const words = sql(
  'spec.words',
  `SELECT word FROM search.words WHERE slice_id IN (SELECT id FROM search.slices WHERE workspace_id = $1) ORDER BY word`,
);

const holdChat = sql('spec.hold_chat', 'SELECT FROM search.positions WHERE chat_id = $1 FOR UPDATE');
const waits = sql(
  'spec.waits',
  `SELECT count(*)::int AS count FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'`,
);

/** An engine with an index of its own. */
export interface OpenEngine {
  readonly engine: Engine;
  /** The same index, as another replica has it. */
  readonly other: Engine;
  /** The superuser's URL of its server. */
  readonly adminUrl: string;
  /** The URL of its database as the owner of the tables. */
  readonly ownerUrl: string;
  /** The words of a workspace by which parts are found. */
  words(workspaceId: number): Promise<readonly string[]>;
  /** The slices of a workspace, by time. */
  slices(workspaceId: number): Promise<readonly { messages: number; oldest: Date; newest: Date }[]>;
  /** Holds the position of a chat until the function that it answers is called. */
  hold(chatId: number): Promise<() => Promise<void>>;
  /** How many statements wait for a lock. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** `settings` as in postgresql.conf; slices of `sliceLength` messages; `budgetMs` for one search. */
export interface EngineOptions {
  readonly settings?: Record<string, string>;
  readonly sliceLength?: number;
  readonly budgetMs?: number;
}

export async function openPostgresEngine(options: EngineOptions = {}): Promise<OpenEngine> {
  const { settings = {}, sliceLength, budgetMs = 5_000 } = options;
  const test = await testDatabase([searchDataSource], { settings });
  const database = await test.database('search');
  const searching = await test.database('search', { ...defaultPool, statementTimeoutMs: statementMs(budgetMs) });
  const replica = () =>
    new PostgresEngine(
      new IndexRepository(database, sliceLength),
      new MatchRepository(searching),
      new GenerationRepository(database),
      new WordRepository(database),
      budgetMs,
    );
  const wordsOf = async (id: number) => (await database.query<{ word: string }>(words, [id])).map(({ word }) => word);
  const hold = async (chatId: number) => {
    const [held, released] = [gate(), gate()];
    const holding = database.transaction(async (transaction) => {
      await transaction.query(holdChat, [chatId]);
      held.open();
      await released.opened;
    });
    await held.opened;
    return () => (released.open(), holding);
  };
  const waiting = async () => (await database.query<{ count: number }>(waits))[0]!.count;
  return {
    ...{ hold, waiting },
    words: wordsOf,
    engine: replica(),
    other: replica(),
    adminUrl: test.adminUrl,
    ownerUrl: test.ownerUrl,
    slices: (id) => database.query(slices, [id]),
    close: () => test.close(),
  };
}

let lastId = 0;

/** A message of this text. Ids rise; a second passes from one to the next. */
export function messageOf(content: string, more: Partial<Message> = {}): Message {
  const id = ++lastId;
  const at = new Date(Date.UTC(2026, 0, 1) + id * 1_000).toISOString();
  return {
    ...{ id, chat_id: 1, seq: id, ordinal: id, version: id, sender_id: 1, content, parent_id: null, reply_count: 0 },
    ...{ mentions: [], reactions: [], idempotency_key: null, edited_at: null, deleted_at: null },
    ...{ created_at: at, updated_at: at, sender: { id: 1, username: 'user1', avatar_url: null } },
    ...more,
  };
}

/** Stores messages in their chat, as if they were all that happened in its log. */
export async function store(engine: Engine, workspaceId: number, ...messages: Message[]): Promise<void> {
  await applyAll(engine, messages[0]!.chat_id, { ...noEffects, workspaceId, stored: messages.map(storedOf) });
}

/** The message as effects have it, when nothing but itself has happened to it. */
export function storedOf(message: Message): Effects['stored'][number] {
  return { message, version: message.version, reactions: 0, replies: message.reply_count, isPinned: undefined };
}

/** Applies these effects to the first generation, from where the chat is. */
export async function applyAll(engine: Engine, chatId: number, effects: Effects): Promise<void> {
  const position = (await engine.begin(1, chatId)) ?? 0;
  const moved = await engine.apply(1, [{ chatId, old: position, seq: position + 1, effects }]);
  if (!moved.has(chatId)) throw new Error('The chat has moved');
}

export function search(
  engine: Engine,
  condition: Condition,
  chatIds: readonly number[],
  more: Partial<Search> = {},
): Promise<Found> {
  const wanted = { from: undefined, to: undefined, sort: 'recent', limit: 100, after: undefined } as const;
  return engine.find({ condition, chatIds, ...wanted, ...more });
}

export async function find(...asked: Parameters<typeof search>): Promise<readonly Hit[]> {
  return (await search(...asked)).hits;
}
