import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Message } from '#contracts/message.contract.js';
import type { ReceiptPage } from '#contracts/receipt.contract.js';
import { Person } from './client.js';
import { started, stopClients } from './clients.js';
import { eventually } from '#testing/eventually.js';

let owner: Person;
let member: Person;
beforeAll(async () => {
  // Receipts come by user id: one after the other.
  owner = await Person.register('sender');
  member = await Person.register('receiver');
  await owner.admit(member);
});
afterEach(stopClients);

function receipts(chatId: number, query = ''): Promise<ReceiptPage> {
  return owner.ok<ReceiptPage>('GET', `/api/chats/${chatId}/receipts${query}`);
}

/** Asks again until the member's receipt has this delivered position. */
function delivered(chatId: number, seq: number): Promise<ReceiptPage['receipts']> {
  return eventually(async () => {
    const { receipts: all } = await receipts(chatId);
    return all.some(({ user_id, delivered_seq }) => user_id === member.id && delivered_seq === seq) && all;
  }, `something is delivered up to ${seq}`);
}

describe('Receipts', () => {
  it('say what reached a live connection and what was read', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [member.id] });
    const first = await owner.ok<Message>('POST', '/api/messages', { chat_id: id, content: 'are you there?' });
    const [sender, receiver] = (await receipts(id)).receipts;
    expect(sender).toEqual({ user_id: owner.id, delivered_seq: first.seq, read_seq: first.seq });
    expect(receiver).toEqual({ user_id: member.id, delivered_seq: first.seq - 1, read_seq: first.seq - 1 });

    const { seqs } = await started(member);
    const second = await owner.ok<Message>('POST', '/api/messages', { chat_id: id, content: 'now?' });
    await eventually(() => seqs(id).includes(second.seq));
    const [, reached] = await delivered(id, second.seq);
    expect(reached?.read_seq).toBe(first.seq - 1);
    await member.ok('POST', `/api/chats/${id}/read`, { seq: first.seq });
    const [, read] = (await receipts(id)).receipts;
    expect(read).toEqual({ user_id: member.id, delivered_seq: second.seq, read_seq: first.seq });
  });

  it('come in pages and are for members', async () => {
    const { id } = await owner.createChannel(undefined, { member_ids: [member.id] });
    const page = await receipts(id, '?limit=1');
    expect(page).toMatchObject({ receipts: [{ user_id: owner.id }], has_more: true });
    const rest = await receipts(id, `?limit=1&cursor=${encodeURIComponent(page.next_cursor ?? '')}`);
    expect(rest).toMatchObject({ receipts: [{ user_id: member.id }], has_more: false, next_cursor: null });
    await owner.ok('DELETE', `/api/chats/${id}/members/${member.id}`);
    expect((await member.call('GET', `/api/chats/${id}/receipts`)).status).toBe(404);
    expect((await receipts(id)).receipts.map(({ user_id }) => user_id)).toEqual([owner.id]);
  });
});
