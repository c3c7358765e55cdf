import { z } from 'zod';
import { rpc } from './contract.js';
import { Cursor, Id, limit, page, Seq } from './scalar.js';

/** How far a member has received and read the log of a chat. */
export const Receipt = z
  .strictObject({
    user_id: Id,
    delivered_seq: Seq.describe('Never below read_seq; a hint that may lag a few seconds behind'),
    read_seq: Seq,
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof Receipt>;

export const ReceiptPage = z.strictObject({ receipts: z.array(Receipt), ...page }).meta({ id: 'ReceiptPage' });
export type ReceiptPage = z.infer<typeof ReceiptPage>;

/** The log of a chat was sent to a connection of the user, up to `seq`. */
export const DeliveryMark = z.strictObject({ user_id: Id, chat_id: Id, seq: Seq });
export type DeliveryMark = z.infer<typeof DeliveryMark>;

export const receiptRpc = {
  /** Of the present members, by rising user id. */
  list: rpc(
    'message.receipt.list',
    'user',
    z.strictObject({ chat_id: Id, limit: limit(100, 1000), cursor: Cursor.optional() }),
    ReceiptPage,
  ),
  /**
   * Moves delivered positions of present members forward, never past the end of a log. It waits for nobody: what is
   * being written by somebody else at the moment comes back, to be tried again.
   */
  deliver: rpc(
    'message.delivered',
    'service',
    z.strictObject({ marks: z.array(DeliveryMark).max(1000) }),
    z.strictObject({ postponed: z.array(DeliveryMark) }),
  ),
} as const;
