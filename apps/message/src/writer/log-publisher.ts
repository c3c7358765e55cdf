import { Inject, Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { logEvent, type LogEntry } from '#contracts/log.contract.js';

/** Longer lists of entries are fetched by whoever wants them; the bus carries 768 KiB. */
const mostBytes = 512 * 1024;
/** Bytes of an entry without texts, at most; a UTF-16 unit of text becomes at most six bytes of JSON. */
const entryBytes = 2048;
const unitBytes = 6;

/** Tells the readers of the logs, after the commit, that a log has grown. */
@Injectable()
export class LogPublisher {
  constructor(@Inject(Bus) private readonly bus: Bus) {}

  /** `entries` are the last ones of the chat in their order. They are left out where they would be too long. */
  publish(chatId: number, lastSeq: number, entries: readonly LogEntry[]): void {
    this.bus.publish(
      logEvent.chat,
      { chat_id: chatId },
      { chat_id: chatId, last_seq: lastSeq, entries: fits(entries) ? [...entries] : [] },
    );
  }
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
