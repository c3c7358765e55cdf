import type { Target } from '../load/job.js';
import { messageText } from '../load/message-text.js';
import { requestBytes } from '../load/request.js';
import type { Person } from './person.js';

/** So many different sends there are. */
export const variety = 4_000;

export type Sends = Pick<Target, 'requests' | 'unique'>;

/** Sends of these people in turn, into these chats in turn; with `keys` each gets one of its own. */
export function sendRequests(people: readonly Person[], chatIds: readonly number[], keys = false): Sends {
  const placeholder = 'k'.repeat(24);
  const requests = Array.from({ length: variety }, (_, number) => {
    const { token } = people[number % people.length]!;
    const body = { chat_id: chatIds[number % chatIds.length]!, content: messageText(number) };
    return requestBytes('POST', '/api/messages', token, keys ? { ...body, idempotency_key: placeholder } : body);
  });
  return keys ? { requests, unique: placeholder } : { requests };
}

/** The same bytes for the bare server, which has one route. */
export function toFloor(request: Buffer, path = '/api/messages'): Buffer {
  return Buffer.from(request.toString('latin1').replace(` ${path} `, ' / '), 'latin1');
}
