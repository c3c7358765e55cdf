import { describe, expect, it } from '@jest/globals';
import { LogEntry } from '#contracts/log.contract.js';
import { readEntry } from './entry.js';

const head = () => ({ isMessage: false, chatId: 0, seq: 0 });

function read(frame: object): object | undefined {
  const bytes = Buffer.from(`before${JSON.stringify(frame)}after`);
  const found = head();
  return readEntry(bytes, 6, bytes.length - 5, found) ? found : undefined;
}

describe(readEntry.name, () => {
  it('reads chat and place of every kind of entry', () => {
    for (const { shape } of LogEntry.options) {
      const type = shape.type.value;
      const expected = { isMessage: type === 'message.created', chatId: 120, seq: 34_567 };
      expect(read({ type, chat_id: 120, seq: 34_567, data: { chat_id: 1 } })).toEqual(expected);
    }
  });

  it('tells other frames from entries', () => {
    expect(read({ type: 'ack', data: { ref: 1 } })).toBeUndefined();
    expect(read({ type: 'gap', data: { chat_id: 1, from: 2, to: 3 } })).toBeUndefined();
    expect(read({ type: 'presence.update', data: {} })).toBeUndefined();
  });
});
