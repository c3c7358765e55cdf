import { describe, expect, it } from '@jest/globals';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';
import { applyEntry, type ChatState } from './chat-state.js';

const at = '2026-01-01T00:00:00.000Z';

function message(id: number, seq: number, more: Partial<Message> = {}): Message {
  const sender = { id: 1, username: 'ada', avatar_url: null };
  return {
    ...{ id, chat_id: 1, seq, ordinal: 1, version: seq, sender_id: 1, sender, content: `text ${id}` },
    ...{ parent_id: null, reply_count: 0, mentions: [], reactions: [], idempotency_key: null },
    ...{ edited_at: null, deleted_at: null, created_at: at, updated_at: at },
    ...more,
  };
}

const carrying = (type: 'message.created' | 'message.updated' | 'message.deleted', seq: number, carried: Message) =>
  ({ type, chat_id: 1, seq, data: { message: carried } }) as const;

function reaction(type: 'reaction.added' | 'reaction.removed', seq: number, user_id: number, emoji = '👍'): LogEntry {
  return { type, chat_id: 1, seq, data: { message_id: 10, user_id, emoji, actor_id: user_id, created_at: at } };
}

function having(seq: number, ...messages: Message[]): ChatState {
  return { seq, messages: new Map(messages.map((one) => [one.id, one])), pins: [] };
}

function after(state: ChatState, ...entries: LogEntry[]): Message | undefined {
  return entries.reduce(applyEntry, state).messages.get(10);
}

describe('applying the log', () => {
  it('keeps the highest version of each message, whichever entry brings it', () => {
    const edited = message(10, 1, { version: 3, content: 'edited' });
    const state = having(0);
    expect(after(state, carrying('message.created', 1, edited))).toEqual(edited);
    const older = carrying('message.updated', 2, message(10, 1, { version: 2, content: 'older' }));
    expect(after(having(1, edited), older)).toEqual(edited);
    const gone = message(10, 1, { version: 4, content: '', deleted_at: at });
    expect(after(having(3, edited), carrying('message.deleted', 4, gone))).toEqual(gone);
    expect(state.messages.size).toBe(0);
  });

  it('ignores entries that are had already and such that come too early', () => {
    const state = having(5, message(10, 1));
    for (const seq of [4, 5, 7]) expect(applyEntry(state, reaction('reaction.added', seq, 2))).toBe(state);
  });

  it('adds and removes reactions; an emoji keeps its place as long as anybody has it', () => {
    const state = having(1, message(10, 1));
    const first = [reaction('reaction.added', 2, 2), reaction('reaction.added', 3, 3, '🎉')];
    const more = [reaction('reaction.added', 4, 3), reaction('reaction.removed', 5, 2)];
    expect(after(state, ...first, ...more)).toEqual({
      ...message(10, 1, { version: 5 }),
      reactions: [
        { emoji: '👍', count: 1, user_ids: [3] },
        { emoji: '🎉', count: 1, user_ids: [3] },
      ],
    });
    const again = [reaction('reaction.removed', 6, 3), reaction('reaction.added', 7, 3)];
    const emoji = after(state, ...first, ...more, ...again)?.reactions.map((one) => one.emoji);
    expect(emoji).toEqual(['🎉', '👍']);
  });

  it('does not apply a reaction to a message that was read after it, nor to one that is not here', () => {
    const read = message(10, 1, { version: 4, reactions: [{ emoji: '👍', count: 1, user_ids: [2] }] });
    expect(after(having(1, read), reaction('reaction.added', 2, 2), reaction('reaction.added', 3, 5))).toEqual(read);
    expect(after(having(1), reaction('reaction.added', 2, 2))).toBeUndefined();
  });

  it('keeps pins, the last pinned first, until they are unpinned or their message is deleted', () => {
    const pin = (type: 'message.pinned' | 'message.unpinned', seq: number, message_id: number): LogEntry => {
      return { type, chat_id: 1, seq, data: { message_id, user_id: 2, actor_id: 2, created_at: at } };
    };
    const pinned = [pin('message.pinned', 2, 10), pin('message.pinned', 3, 11), pin('message.pinned', 4, 12)];
    const state = pinned.reduce(applyEntry, having(1, message(10, 1)));
    expect(state.pins.map(({ message_id }) => message_id)).toEqual([12, 11, 10]);
    expect(state.pins[2]).toEqual({ message_id: 10, pinned_by: 2, pinned_at: at });
    expect(state.messages.get(10)?.version).toBe(1);
    const gone = message(10, 1, { version: 6, deleted_at: at });
    const less = [pin('message.unpinned', 5, 12), carrying('message.deleted', 6, gone)].reduce(applyEntry, state);
    expect(less.pins.map(({ message_id }) => message_id)).toEqual([11]);
  });

  it('counts beyond the users that are named', () => {
    const user_ids = Array.from({ length: 100 }, (_, index) => index + 1);
    const crowd = message(10, 1, { reactions: [{ emoji: '👍', count: 100, user_ids }] });
    const [more] = after(having(1, crowd), reaction('reaction.added', 2, 500))?.reactions ?? [];
    expect(more).toEqual({ emoji: '👍', count: 101, user_ids });
    const [less] =
      after(having(1, crowd), reaction('reaction.added', 2, 500), reaction('reaction.removed', 3, 1))?.reactions ?? [];
    expect(less).toEqual({ emoji: '👍', count: 100, user_ids: user_ids.slice(1) });
  });

  it('counts replies that come and go, once', () => {
    const reply = message(11, 2, { parent_id: 10 });
    const gone = { ...reply, version: 3, deleted_at: at, content: '' };
    const state = having(1, message(10, 1));
    const created = carrying('message.created', 2, reply);
    expect(after(state, created)).toMatchObject({ reply_count: 1, version: 2 });
    expect(after(state, created, carrying('message.deleted', 3, gone))).toMatchObject({ reply_count: 0, version: 3 });
    const read = message(10, 1, { reply_count: 1, version: 2 });
    expect(after(having(1, read), created)).toEqual(read);
  });
});
