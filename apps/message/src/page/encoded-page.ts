import { Encoded } from '#bus/encoded.js';
import { maxPageBytes } from '#bus/page-size.js';
import type { Message } from '#contracts/message.contract.js';

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

/** A MessagePage as JSON. Without `nextCursor` it is the last one. */
export function encodePage(messages: readonly EncodedMessage[], nextCursor: string | null, asOfSeq: number): Encoded {
  const list = messages.map(({ json }) => json).join(',');
  const next = nextCursor === null ? 'null' : `"${nextCursor}"`;
  return new Encoded(
    Buffer.from(
      `{"messages":[${list}],"next_cursor":${next},"has_more":${nextCursor !== null},"as_of_seq":${asOfSeq}}`,
    ),
  );
}
