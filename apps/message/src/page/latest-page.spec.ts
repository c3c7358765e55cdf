import { serialize } from 'node:v8';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Message, MessagePage } from '#contracts/message.contract.js';
import { LatestPage, mostLatest } from './latest-page.js';

const chatId = 3;
const at = '2026-01-31T12:00:00.000Z';
const sender = { id: 1, username: 'ann', avatar_url: null };

function message(seq: number, ordinal: number, content: string, parentId: number | null = null): Message {
  const place = { id: 1000 + seq, chat_id: chatId, seq, ordinal, version: seq };
  const empty = { reply_count: 0, mentions: [], reactions: [], idempotency_key: null, edited_at: null };
  const times = { deleted_at: null, created_at: at, updated_at: at };
  return { ...place, ...empty, ...times, sender_id: 1, sender, content, parent_id: parentId };
}

function created(seq: number, content = `message ${seq}`, parentId: number | null = null): LogEntry {
  const data = { message: message(seq, seq, content, parentId) };
  return { type: 'message.created', chat_id: chatId, seq, data };
}

function edited(seq: number, target: Message, content: string): LogEntry {
  const data = { message: { ...target, content, version: seq, edited_at: at } };
  return { type: 'message.updated', chat_id: chatId, seq, data };
}

function renamed(seq: number): LogEntry {
  const chat = { id: chatId, workspace_id: 7, name: 'n', type: 'channel' as const, description: '' };
  const data = { chat: { ...chat, is_private: false, is_archived: false }, actor_id: 1, created_at: at };
  return { type: 'chat.updated', chat_id: chatId, seq, data };
}

function read(page: LatestPage, limit: number, asOfSeq: number): MessagePage | undefined {
  const answer = page.answer(limit, asOfSeq);
  return answer && (JSON.parse(answer.bytes.toString()) as MessagePage);
}

function reacted(seq: number, target: Message): LogEntry {
  const data = { message_id: target.id, user_id: 2, emoji: '👍', actor_id: 2, created_at: at };
  return { type: 'reaction.added', chat_id: chatId, seq, data };
}

/** A page of a chat with so many messages and nothing else. */
function pageOf(count: number): LatestPage {
  const newestFirst = Array.from({ length: count }, (_, index) => message(count - index, count - index, 'old'));
  return new LatestPage(chatId, newestFirst.slice(0, mostLatest), count, count > mostLatest);
}

describe('LatestPage', () => {
  it('shows at every seq that it can tell what a reader of the log has, whatever happens', () => {
    const step = fc.record({ kind: fc.constantFrom('send', 'edit', 'rename'), pick: fc.nat(200), limit: fc.nat(119) });
    fc.assert(
      fc.property(fc.nat(130), fc.array(step, { maxLength: 60 }), (before, steps) => {
        const page = pageOf(before);
        let log = Array.from({ length: before }, (_, index) => message(index + 1, index + 1, 'old'));
        /** What was there at each seq, oldest first. */
        const states = new Map([[before, log]]);
        let seq = before;
        for (const { kind, pick } of steps) {
          seq += 1;
          const target = log[pick % Math.max(1, log.length)];
          const entry =
            kind === 'send' ? created(seq) : kind === 'edit' && target ? edited(seq, target, 'new') : renamed(seq);
          if ('message' in entry.data) {
            const { message: now } = entry.data;
            log = entry.type === 'message.created' ? [...log, now] : log.map((m) => (m.seq === now.seq ? now : m));
          }
          states.set(seq, log);
          expect(page.apply(entry)).toBe(true);
        }
        expect(page.lastSeq).toBe(seq);
        for (const { limit } of [{ limit: 49 }, ...steps]) {
          for (const [asOf, state] of states) {
            const answer = read(page, limit + 1, asOf);
            // The newest state is told always, as far as the page reaches.
            if (asOf === seq && limit < mostLatest) expect(answer).toBeDefined();
            if (answer === undefined) continue;
            expect(answer.messages).toEqual(state.toReversed().slice(0, limit + 1));
            expect(answer.has_more).toBe(state.length > limit + 1);
            expect(answer.as_of_seq).toBe(asOf);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('drops what it has and refuses what leaves a hole', () => {
    const page = pageOf(5);
    expect(page.apply(created(5, 'again'))).toBe(true);
    expect(read(page, 1, 5)?.messages[0]?.content).toBe('old');
    expect(page.apply(created(7))).toBe(false);
    expect(page.lastSeq).toBe(5);
  });

  it('cannot be kept by a reply to a message that it shows, because that message changes too', () => {
    const page = pageOf(5);
    expect(page.apply(created(6, 'reply to a message of long ago', 1))).toBe(true);
    expect(page.apply(created(7, 'reply', 1005))).toBe(false);
  });

  it('cannot be kept by a reaction to a message that it shows', () => {
    const page = pageOf(mostLatest + 5);
    expect(page.apply(reacted(mostLatest + 6, message(3, 3, 'of long ago')))).toBe(true);
    expect(page.apply(reacted(mostLatest + 7, message(mostLatest, mostLatest, 'old')))).toBe(false);
  });

  it('ends early where messages are long, and says that there is more', () => {
    const page = pageOf(0);
    for (let seq = 1; seq <= 20; seq++) page.apply(created(seq, '€'.repeat(16_000)));
    const answer = read(page, 50, 20);
    expect(answer?.messages.length).toBe(10);
    expect(answer?.has_more).toBe(true);
    expect(page.size).toBeLessThan(3 * 600 * 1024);
  });

  const contents = { short: 'x', long: 'x'.repeat(16_000), wide: `${'x'.repeat(16_000)}👍`, none: undefined };

  it.each(Object.entries(contents))('holds no more than its size says, whatever is asked of it: %s', (_, content) => {
    const page = pageOf(0);
    const last = content === undefined ? 0 : 36;
    for (let seq = 1; seq <= last; seq++) page.apply(created(seq, content));
    for (let limit = 1; limit <= mostLatest; limit++) page.answer(limit, last);
    expect(serialize(page).length).toBeLessThanOrEqual(page.size);
    page.apply(created(last + 1, content));
    expect(serialize(page).length).toBeLessThanOrEqual(page.size);
  });

  it('makes an answer once, also where others ask for more or fewer', () => {
    const page = pageOf(mostLatest);
    const limits = [50, 20, mostLatest];
    const made = limits.map((limit) => page.answer(limit, mostLatest));
    expect(limits.map((limit) => page.answer(limit, mostLatest))).toEqual(made);
    for (const [index, limit] of limits.entries()) expect(page.answer(limit, mostLatest)).toBe(made[index]);
  });

  it('does not tell what was before an edit, nor what is to come', () => {
    const page = pageOf(5);
    page.apply(created(6));
    expect(read(page, 1, 5)?.messages[0]?.seq).toBe(5);
    page.apply(edited(7, message(2, 2, 'old'), 'new'));
    expect(page.answer(1, 6)).toBeUndefined();
    expect(page.answer(1, 8)).toBeUndefined();
  });
});
