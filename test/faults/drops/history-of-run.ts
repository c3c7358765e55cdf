import { inspect } from 'node:util';
import type { LogEntry } from '#contracts/log.contract.js';
import type { Message } from '#contracts/message.contract.js';
import type { Applied, History, Row, Stay, View } from '../history/history.js';
import type { Participant } from './participant.js';
import type { Recorded } from './recorder.js';

/** How a chat is after a run. */
export interface FinalChat {
  readonly log: readonly LogEntry[];
  readonly messages: ReadonlyMap<number, Message>;
  /** The position with which every participant began. */
  readonly base: number;
}

/** What the participants did, and saw of these chats. */
export function historyOf(participants: readonly Participant[], chats: ReadonlyMap<number, FinalChat>): History {
  const logs = [...chats.values()].map(({ log }) => log);
  const editsOf = new Map(logs.flatMap((log) => log.flatMap(editOf)));
  return {
    operations: participants.flatMap(({ recorder }) => recorder.operations),
    reads: participants.flatMap(({ recorder }) => recorder.reads),
    rows: logs.flatMap((log) => log.map(rowOf)),
    views: participants.flatMap(({ recorder, client }) =>
      [...chats].map(([chat, { log, base }]): View => {
        const applied = (recorder.applied.get(chat) ?? []).map((recorded) => appliedOf(recorded, editsOf));
        const forgone = recorder.forgone.filter((stretch) => stretch.chat === chat);
        return { client: recorder.client, chat, base, stays: staysOf(log, client.user?.id ?? 0), applied, forgone };
      }),
    ),
  };
}

/** When the user was a member. */
export function staysOf(log: readonly LogEntry[], userId: number): Stay[] {
  const stays: Stay[] = [];
  for (const { seq, type, data } of log) {
    const joins =
      (type === 'chat.created' && data.members.some(({ user_id }) => user_id === userId)) ||
      (type === 'member.added' && data.member.user_id === userId);
    const last = stays.at(-1);
    if (joins) stays.push({ first: seq });
    else if (type === 'member.removed' && data.user_id === userId && last !== undefined)
      stays[stays.length - 1] = { first: last.first, last: seq };
  }
  return stays;
}

export function isWithin(stretches: readonly Stay[], seq: number): boolean {
  return stretches.some(({ first, last = Infinity }) => seq >= first && seq <= last);
}

/** The log tells of a message as it is now: what it said before is known where nothing has changed it. */
function rowOf({ chat_id: chat, seq, type, data }: LogEntry): Row {
  switch (type) {
    case 'message.created': {
      const { idempotency_key, content, edited_at, deleted_at } = data.message;
      const isAsSent = edited_at === null && deleted_at === null;
      return { chat, seq, key: idempotency_key ?? undefined, content: isAsSent ? content : undefined };
    }
    case 'message.updated':
      return { chat, seq, key: `edit:${data.message.id}`, content: data.message.content };
    case 'message.deleted':
      return { chat, seq, key: `delete:${data.message.id}`, content: '' };
    case 'reaction.added':
    case 'reaction.removed': {
      const key = `${type}:${data.message_id}:${data.emoji}:${data.user_id}`;
      return { chat, seq, key, content: key };
    }
    default:
      // The order of its keys depends on the way by which an entry came.
      return { chat, seq, content: inspect(data, { sorted: true, depth: Infinity, maxArrayLength: Infinity }) };
  }
}

function appliedOf({ entry, at }: Recorded, editsOf: ReadonlyMap<number, number>): Applied {
  const { seq } = entry;
  if (!('message' in entry.data)) return { seq, version: seq, content: rowOf(entry).content ?? '', at };
  const { message } = entry.data;
  const { content, deleted_at, edited_at } = message;
  // Which entry wrote what the message says; reactions raise its version without that.
  const edited = edited_at === null ? message.seq : (editsOf.get(message.id) ?? message.version);
  return { seq, version: deleted_at === null ? edited : message.version, content, at };
}

function editOf({ type, seq, data }: LogEntry): [number, number][] {
  return type === 'message.updated' ? [[data.message.id, seq]] : [];
}
