import { Encoded } from '#bus/encoded.js';
import { maxPageBytes } from '#bus/page-size.js';
import type { Message } from '#contracts/message.contract.js';
import { cursorAfter } from './page-cursor.js';

/** A message as JSON; pages are put together of these without looking into them again. */
export interface EncodedMessage {
  readonly id: number;
  readonly seq: number;
  readonly json: string;
  /** Of the JSON as UTF-8, with the comma behind it. */
  readonly bytes: number;
}

export function encodeMessage(message: Message): EncodedMessage {
  const json = JSON.stringify(message);
  return { id: message.id, seq: message.seq, json, bytes: Buffer.byteLength(json) + 1 };
}

/** The leading messages, at most `limit`, that fit into a page; at least one. */
export function leading(messages: readonly EncodedMessage[], limit: number): readonly EncodedMessage[] {
  let bytes = 0;
  const end = messages.findIndex((message, index) => {
    bytes += message.bytes;
    return index === limit || (index > 0 && bytes > maxPageBytes);
  });
  return end === -1 ? messages : messages.slice(0, end);
}

/** What a page says beside its messages. */
export interface PageFacts {
  readonly forward: boolean;
  /** Whether the list goes on behind the messages. */
  readonly hasMore: boolean;
  readonly asOfSeq: number;
}

/** A MessagePage of the list, as JSON. */
export function encodePage(
  list: string,
  messages: readonly EncodedMessage[],
  { forward, hasMore, asOfSeq }: PageFacts,
): Encoded {
  const last = messages.at(-1);
  const next = hasMore && last !== undefined ? cursorAfter(list, { forward, seq: last.seq }) : undefined;
  const json = messages.map((message) => message.json).join(',');
  const tail = `"next_cursor":${next === undefined ? 'null' : `"${next}"`},"has_more":${next !== undefined}`;
  return new Encoded(Buffer.from(`{"messages":[${json}],${tail},"as_of_seq":${asOfSeq}}`));
}
