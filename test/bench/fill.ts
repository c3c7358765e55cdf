import type { Setting } from './bench.js';
import type { Person } from './person.js';
import { sendRequests } from './send-requests.js';
import type { Subject } from './subject.js';

const indexedMs = 120_000;
const behind = `SELECT FROM message.chat_heads h LEFT JOIN search.positions s USING (chat_id)
  WHERE h.last_seq > coalesce(s.seq, 0)`;

/** Gives a chat a history, and waits until search has indexed it and leaves the machine to what is measured. */
export async function fillChat(
  setting: Setting,
  subject: Subject,
  people: readonly Person[],
  chatId: number,
): Promise<void> {
  const targets = [{ name: 'fill', port: subject.port, status: 201, ...sendRequests(people, [chatId]) }];
  await setting.generator.run({ kind: 'closed', targets, connections: 32, warmUpSeconds: 0, seconds: 2 });
  await untilIndexed(setting, subject);
}

/** Waits until search has read every chat to its end. */
export async function untilIndexed({ say }: Setting, { admin }: Subject): Promise<void> {
  say('waiting until search has indexed all');
  for (const deadline = Date.now() + indexedMs; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if ((await admin.query(behind)).rowCount === 0) return;
    if (Date.now() > deadline) throw new Error('Search did not index the messages in time');
  }
}
