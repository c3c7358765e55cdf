import { FechatterError, notFound, type ErrorCode } from '#contracts/error.js';
import type { RefusedOutcome } from './outgoing.js';

interface Refusal {
  readonly code: ErrorCode;
  readonly field: string;
  readonly reason: string;
}

const refusals: Readonly<Record<RefusedOutcome, Refusal>> = {
  conflict: {
    code: 'CONFLICT',
    field: 'idempotency_key',
    reason: 'Another message was sent under this idempotency key. Use a new key.',
  },
  not_found: { code: 'NOT_FOUND', field: 'chat_id', reason: notFound('chat').message },
  archived: {
    code: 'FORBIDDEN',
    field: 'chat_id',
    reason: 'The chat is archived: nothing can be sent into it.',
  },
  no_parent: { code: 'NOT_FOUND', field: 'parent_id', reason: notFound('parent message').message },
  parent_is_reply: {
    code: 'VALIDATION_ERROR',
    field: 'parent_id',
    reason: 'Names a reply; reply to the message that began the thread.',
  },
  parent_deleted: { code: 'CONFLICT', field: 'parent_id', reason: 'The message to reply to was deleted.' },
};

/** What the sender of a refused message is told. `path` stands before the field: `messages.3.` in a batch. */
export function refused(outcome: RefusedOutcome, path: string): FechatterError {
  const { code, field, reason } = refusals[outcome];
  return new FechatterError(code, reason, { details: [{ field: path + field, reason }] });
}
