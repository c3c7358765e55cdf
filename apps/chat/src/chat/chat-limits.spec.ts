import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chatRpc } from '#contracts/chat.contract.js';
import { importRpc } from '#contracts/import.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { startHouse, type House } from '#testing/app.js';
import { messageApp } from '../../../message/src/message.app.js';
import { messageDataSource } from '../../../message/src/message.data-source.js';
import { authApp } from '../../../auth/src/auth.app.js';
import { authDataSource } from '../../../auth/src/auth.data-source.js';
import { chatApp } from '../chat.app.js';
import { chatDataSource } from '../chat.data-source.js';
import { Person } from '../chat.fixture.js';

let house: House;
let database: Database;
let owner: Person;
let member: Person;
let workspaceId: number;

beforeAll(async () => {
  house = await startHouse({
    apps: [messageApp, chatApp, authApp],
    dataSources: [messageDataSource, chatDataSource, authDataSource],
  });
  database = await house.database('chat');
}, 60_000);

afterAll(() => house.close());

beforeEach(async () => {
  [owner, member] = [new Person(house.bus), new Person(house.bus)];
  ({ workspaceId } = await owner.createWorkspace());
  await owner.admit(workspaceId, member);
});

const fill = sql(
  'spec.limits.fill',
  `WITH made AS (
     INSERT INTO chat.chats (workspace_id, type, name, name_key, is_private, member_count, created_by, deleted_at)
     SELECT $1, 'group', 'many', 'many', true, 1, $2, $5 FROM generate_series(1, $3) RETURNING id
   )
   INSERT INTO chat.chat_members (chat_id, user_id, role) SELECT id, $4, 'member' FROM made`,
);

/** So many groups of the workspace, as if `maker` had made them with the one member. */
async function fillWith(count: number, maker: number, memberId: number, deletedAt: Date | null = null): Promise<void> {
  await database.query(fill, [workspaceId, maker, count, memberId, deletedAt]);
}

const nobody = 900_001;
const group = (...member_ids: number[]) => ({
  workspace_id: workspaceId,
  type: 'group' as const,
  name: 'g',
  member_ids,
});
const direct = (...people: Person[]) => ({ workspace_id: workspaceId, user_ids: people.map(({ id }) => id) });
const line = (chat: string) => ({ chat, sender: 'ada', ts: 1_100_000_000, text: 'hello' });

describe('the chats that somebody has made in a workspace', () => {
  it('are a thousand at most, until one of them is deleted', async () => {
    const other = new Person(house.bus);
    await owner.admit(workspaceId, other);
    await fillWith(500, member.id, nobody, new Date());
    await fillWith(999, member.id, nobody);
    const last = await member.call(chatRpc.create, group(owner.id));
    expect(await member.refused(chatRpc.create, group())).toBe('CONFLICT');
    expect(await member.refused(chatRpc.direct, direct(owner, other))).toBe('CONFLICT');
    await owner.call(chatRpc.create, group(member.id));
    await member.call(chatRpc.create, { ...group(), workspace_id: (await member.createWorkspace()).workspaceId });
    await member.call(chatRpc.delete, { chat_id: last.id });
    await member.call(chatRpc.create, group());
  });

  it('are five thousand with direct chats of two people and what is imported', async () => {
    // The general channel is of the owner as well.
    await fillWith(4_998, owner.id, nobody);
    await owner.call(chatRpc.direct, direct(member));
    expect(await owner.refused(chatRpc.direct, direct(owner))).toBe('CONFLICT');
    await owner.call(chatRpc.direct, direct(member));
    const request = { workspace_id: workspaceId, lines: [line('general'), line('new'), line('general')] };
    const reason = 'You have made 5000 chats in this workspace. Delete some of them first.';
    expect(await owner.call(importRpc.lines, request)).toEqual({
      ...{ imported: 2, skipped: 0 },
      refused: [{ index: 1, reason }],
    });
  });
});

describe('the chats that somebody is in', () => {
  it('are nine thousand at most, whoever adds them, without those that were deleted', async () => {
    const full = new Person(house.bus);
    await owner.admit(workspaceId, full);
    const [first, second] = [
      await owner.createChannel(workspaceId, 'first'),
      await owner.createChannel(workspaceId, 'second'),
    ];
    await fillWith(9_500, nobody, full.id, new Date());
    await fillWith(8_998, nobody, full.id);
    await full.call(chatRpc.join, { chat_id: first.id });
    await full.call(chatRpc.join, { chat_id: first.id });
    expect(await full.refused(chatRpc.join, { chat_id: second.id })).toBe('CONFLICT');
    const both = { chat_id: second.id, user_ids: [member.id, full.id] };
    expect(await owner.refused(chatRpc.addMembers, both)).toBe('CONFLICT');
    expect(await member.refused(chatRpc.create, group(full.id))).toBe('CONFLICT');
    expect(await member.refused(chatRpc.direct, direct(full))).toBe('CONFLICT');
    expect(await full.refused(workspaceRpc.create, { name: 'Mine' })).toBe('CONFLICT');
    const elsewhere = await member.createWorkspace();
    const { invite_code } = await member.call(workspaceRpc.createInvite, { workspace_id: elsewhere.workspaceId });
    expect(await full.refused(workspaceRpc.acceptInvite, { invite_code })).toBe('CONFLICT');
    await full.call(chatRpc.leave, { chat_id: first.id });
    await owner.call(chatRpc.addMembers, both);
  });
});
