import { expect } from '@jest/globals';
import type { ChatSummary } from '#contracts/http/chat.routes.js';
import type { LogPage } from '#contracts/log.contract.js';
import type { Message, MessagePage } from '#contracts/message.contract.js';
import type { PinPage } from '#contracts/pin.contract.js';
import type { ReceiptPage } from '#contracts/receipt.contract.js';
import { applyEntry } from '#domain/chat-state.js';
import type { ChatModel, ModelMessage, Shown } from './chat-model.js';
import { readState } from './read-state.js';
import type { World } from './world.js';

/** What of the server's message the model can foretell. */
export function shown(message: Message): Shown {
  const { sender, edited_at, deleted_at, created_at: _created, updated_at: _updated, ...rest } = message;
  expect(sender.id).toBe(message.sender_id);
  return { ...rest, is_edited: edited_at !== null, is_deleted: deleted_at !== null };
}

export function foretold({ everyone: _everyone, sent: _sent, ...message }: ModelMessage): Shown {
  return message;
}

/** The list of chats of every person: counts, positions, last messages. */
export async function compareLists({ people, chats }: World): Promise<void> {
  for (const { person, list } of await Promise.all(
    people.map(async (person) => ({
      person,
      list: (await person.ok<{ chats: ChatSummary[] }>('GET', '/api/chats')).chats,
    })),
  )) {
    const found = chats.map(({ id }) => list.find((chat) => chat.id === id)).map(summary);
    const name = person.login.user.username;
    expect({ name, chats: found }).toEqual({ name, chats: chats.map((chat) => expectedSummary(chat, person.id)) });
  }
}

function summary(chat: ChatSummary | undefined) {
  if (chat === undefined) return undefined;
  const { id, member_count, unread_count, mention_count, last_seq, read_seq, last_message } = chat;
  const last = last_message && {
    id: last_message.id,
    content: last_message.content,
    sender_id: last_message.sender.id,
  };
  return { id, member_count, unread_count, mention_count, last_seq, read_seq, last };
}

function expectedSummary(chat: ChatModel, userId: number): ReturnType<typeof summary> {
  if (!chat.members.has(userId)) return undefined;
  const last = chat.messages.findLast(({ is_deleted }) => !is_deleted);
  return {
    id: chat.id,
    member_count: chat.members.size,
    unread_count: chat.unread(userId).length,
    mention_count: chat.mentions(userId).length,
    last_seq: chat.seq,
    read_seq: chat.readSeqs.get(userId) ?? 0,
    last: last === undefined ? null : { id: last.id, content: last.content, sender_id: last.sender_id },
  };
}

/** Pages, pins and receipts of a chat, for everybody who may read them. */
export async function compareChat(world: World, chat: ChatModel): Promise<void> {
  const messages = chat.messages.map(foretold).toReversed();
  for (const person of world.people) {
    const page = await person.call<MessagePage>('GET', `/api/messages?chat_id=${chat.id}&limit=100`);
    const isPresent = chat.members.has(person.id);
    expect(page.status).toBe(isPresent ? 200 : 404);
    if (isPresent) expect(page.body.messages.map(shown)).toEqual(messages);
  }
  const { pins } = await world.owner.ok<PinPage>('GET', `/api/chats/${chat.id}/pins`);
  expect(pins.map(({ message, pinned_by }) => ({ message: shown(message), pinned_by }))).toEqual(
    chat.pins.map(({ message, userId }) => ({ message: foretold(message), pinned_by: userId })),
  );
  // Nobody is connected: what is delivered is what is read.
  const { receipts } = await world.owner.ok<ReceiptPage>('GET', `/api/chats/${chat.id}/receipts`);
  expect(receipts).toEqual(
    [...chat.members]
      .sort((a, b) => a - b)
      .map((user_id) => ({ user_id, delivered_seq: chat.readSeqs.get(user_id), read_seq: chat.readSeqs.get(user_id) })),
  );
}

/** Whatever a client read at any time becomes what it would read now, by the entries of the log since then. */
export async function compareLooks({ looks, owner }: World): Promise<void> {
  for (const { chat, state } of looks) {
    const { entries, last_seq } = await owner.ok<LogPage>(
      'GET',
      `/api/chats/${chat.id}/log?after=${state.seq}&limit=500`,
    );
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => state.seq + 1 + index));
    expect(last_seq).toBe(chat.seq);
    expect(entries.reduce(applyEntry, state)).toEqual(await readState(owner, chat.id));
  }
}
