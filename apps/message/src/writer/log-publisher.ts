import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { logEvent, type LogEntry } from '#contracts/log.contract.js';
import { GateMemory } from '../gate/gate.memory.js';

/** Longer lists of entries are fetched by whoever wants them; the bus carries 768 KiB. */
const mostBytes = 512 * 1024;
/** Bytes of an entry without texts, at most; a UTF-16 unit of text becomes at most six bytes of JSON. */
const entryBytes = 2048;
const unitBytes = 6;

type GrownListener = (chatId: number, entries: readonly LogEntry[]) => void;

/** Tells who keeps copies in this process, and the readers of the logs, that a log has grown: after the commit, before the answer. */
@Injectable()
export class LogPublisher {
  private readonly listeners: GrownListener[] = [];

  constructor(
    private readonly bus: Bus,
    private readonly memory: GateMemory,
  ) {}

  /** Calls the listener at once for each log that this process makes grow, with its last entries or none of them. */
  onGrown(listener: GrownListener): void {
    this.listeners.push(listener);
  }

  /** What was written to the chat failed or is not known: it may have been committed all the same. */
  doubt(chatId: number): void {
    this.memory.forget(chatId);
  }

  /** `entries` are the last ones of the chat in their order. The bus does not carry them where they would be too long. */
  publish(chatId: number, lastSeq: number, entries: readonly LogEntry[]): void {
    if (entries.some(({ type }) => concernsAccess(type))) this.memory.forget(chatId);
    this.memory.advance(chatId, lastSeq);
    for (const listener of this.listeners) listener(chatId, entries);
    this.bus.publish(
      logEvent.chat,
      { chat_id: chatId },
      { chat_id: chatId, last_seq: lastSeq, entries: fits(entries) ? [...entries] : [] },
    );
  }
}

function concernsAccess(type: LogEntry['type']): boolean {
  return type.startsWith('member.') || type.startsWith('chat.');
}

/** Measures exactly only what an estimate from above does not let pass. */
function fits(entries: readonly LogEntry[]): boolean {
  const most = entries.reduce((sum, entry) => sum + entryBytes + unitBytes * textLength(entry), 0);
  return most <= mostBytes || Buffer.byteLength(JSON.stringify(entries)) <= mostBytes;
}

function textLength({ data }: LogEntry): number {
  if ('message' in data) {
    const { content, mentions, reactions } = data.message;
    const userIds = reactions.reduce((sum, { user_ids }) => sum + user_ids.length, mentions.length);
    return content.length + 10 * userIds + 128 * reactions.length;
  }
  return 'members' in data ? 50 * data.members.length : 0;
}
