import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { eventually } from '#testing/eventually.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse } from '../realtime.fixture.js';

const lock = sql('spec.lock_head', 'SELECT FROM message.chat_heads WHERE chat_id = $1 FOR UPDATE');
const waiting = sql(
  'spec.waiting_flush',
  `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%flush_messages%'`,
);

let realtime: RealtimeHouse;
let database: Database;

beforeAll(async () => {
  realtime = await RealtimeHouse.start({ app: messageApp, dataSource: messageDataSource });
  database = await realtime.house.database('message');
});

afterAll(() => realtime.house.close());

describe('A gateway that stops', () => {
  it('finishes what is being worked on, then asks every client to connect anew, not all at once', async () => {
    const chat = await realtime.chat(1);
    const sockets = [await realtime.connect(1), await realtime.connect(1), await realtime.connect(1)];
    let stopped: Promise<void> | undefined;
    let answer: Promise<{ type: string }> | undefined;
    await database.transaction(async (transaction) => {
      await transaction.query(lock, [chat]);
      answer = sockets[0]?.ask({ type: 'send', chat_id: chat, content: 'in flight' });
      await eventually(async () => (await database.query(waiting)).length > 0);
      stopped = realtime.gateway.stop();
    });
    expect((await answer)?.type).toBe('ack');
    await stopped;
    const waits = [];
    for (const socket of sockets) {
      const { code, reason } = await socket.untilClosed();
      expect(code).toBe(1012);
      waits.push((JSON.parse(reason) as { retry_after_ms: number }).retry_after_ms);
    }
    expect(new Set(waits).size).toBeGreaterThan(1);
  });
});
