import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from '#database/statement.js';
import { handOver, loggedChat } from '../chat.fixture.js';
import { message, SendHouse } from './send.fixture.js';
import { SendRepository } from './send.repository.js';

let house: SendHouse;
let messages: SendRepository;

beforeAll(async () => {
  house = await SendHouse.start();
  messages = new SendRepository(house.database, house.database);
}, 60_000);

afterAll(() => house.house.close());

/** With a wait for locks a message takes the way of crowds, without one the short cut. */
const [crowd, alone] = [1_000, null];

const everything = sql(
  'spec.everything',
  `SELECT
     (SELECT jsonb_agg(to_jsonb(m) - '{id,chat_id,created_at}'::text[] ORDER BY m.seq)
      FROM message.messages m WHERE m.chat_id = $1) AS messages,
     (SELECT jsonb_agg(to_jsonb(h) - '{chat_id,last_created_at,last_activity_at}'::text[] || jsonb_build_object(
        'is_newest', h.last_created_at = (SELECT max(m.created_at) FROM message.messages m WHERE m.chat_id = $1),
        'is_active', h.last_activity_at >= h.last_created_at))
      FROM message.chat_heads h WHERE h.chat_id = $1) AS head,
     (SELECT jsonb_agg(to_jsonb(s) - 'chat_id' ORDER BY s.user_id) FROM message.message_status s WHERE s.chat_id = $1)
       AS status,
     (SELECT min(a.first_seq) FROM message.chat_activity a WHERE a.chat_id = $1) AS first_active,
     (SELECT count(*) FROM message.mentions n WHERE n.chat_id = $1) AS mentions`,
);

/** What becomes of the same messages in a new chat, and what all tables say of it afterwards. */
async function story(way: number | null) {
  const chatId = await house.chat(1, 2);
  const answers = [];
  for (const [user, text, key] of [
    [1, 'one', null],
    [2, 'two', 'key'],
    [2, 'two', 'key'],
    [2, 'another two', 'key'],
    [1, 'two', 'key'],
    [3, 'from a stranger', null],
  ] as const) {
    const [[answer] = []] = await messages.flush([[message(chatId, user, text, key)]], way);
    answers.push({ ...answer, id: typeof answer?.id, created_at: answer?.created_at instanceof Date });
  }
  return { answers, tables: await house.database.query(everything, [chatId]) };
}

describe('a message that comes alone', () => {
  it('is answered and leaves behind what it would among others', async () => {
    const [short, long] = [await story(alone), await story(crowd)];
    expect(short).toEqual(long);
    expect(short.answers.map(({ outcome }) => outcome)).toEqual([
      'stored',
      'stored',
      'replayed',
      'conflict',
      'stored',
      'not_found',
    ]);
  });

  it('is refused in an archived chat, and nothing grows', async () => {
    const chatId = await house.chat(1, 2);
    await handOver(house.house.bus, chatId, 2, { type: 'chat.updated', chat: loggedChat(chatId, true) });
    const before = await house.database.query(everything, [chatId]);
    const outcomes = await messages.flush([[message(chatId, 1, 'too late')]], alone);
    expect(outcomes).toMatchObject([[{ outcome: 'archived' }]]);
    expect(await house.database.query(everything, [chatId])).toEqual(before);
  });

  it('does not wait for a chat that somebody else has locked', async () => {
    const chatId = await house.chat(1, 2);
    await house.throughoutLocked(chatId, async () => {
      expect(await messages.flush([[message(chatId, 1, 'in a hurry')]], alone)).toMatchObject([[{ outcome: 'busy' }]]);
    });
    await house.expectDense(chatId, 0);
  });
});
