import type { Setting } from '../bench.js';
import type { Person } from '../person.js';
import type { Subject } from '../subject.js';
import { channelName, userName } from './names.js';

const users = 10_000;
const channels = 2_000;

/** A workspace of many people and channels, and one person who looks for them. */
export interface Directory {
  readonly subject: Subject;
  readonly person: Person;
  readonly userNames: readonly string[];
  readonly channelNames: readonly string[];
}

const insertUsers = `
  WITH made AS (
    INSERT INTO auth.users (email, username) SELECT name || '@example.com', name FROM unnest($2::text[]) name RETURNING id
  )
  INSERT INTO chat.workspace_users (workspace_id, user_id, role) SELECT $1, id, 'member' FROM made`;

/** A tenth is private, and the person is in every tenth of all. */
const insertChannels = `
  WITH made AS (
    INSERT INTO chat.chats (workspace_id, type, name, name_key, is_private, member_count, created_by)
    SELECT $1, 'channel', name, name, n % 10 = 0, 1, $2 FROM unnest($3::text[]) WITH ORDINALITY named (name, n) RETURNING id
  )
  INSERT INTO chat.chat_members (chat_id, user_id, role) SELECT id, $2, 'owner' FROM made WHERE id % 10 = 1`;

/** Fills a server by SQL: nobody of them signs in. */
export async function fillDirectory(setting: Setting, subject: Subject): Promise<Directory> {
  setting.say('making people and channels');
  const person = await subject.register('switcher');
  const userNames = Array.from({ length: users }, (_, number) => userName(number));
  const channelNames = Array.from({ length: channels }, (_, number) => channelName(number));
  await subject.admin.query(insertUsers, [person.workspaceId, userNames]);
  await subject.admin.query(insertChannels, [person.workspaceId, person.id, channelNames]);
  await subject.admin.query('VACUUM (ANALYZE)');
  await subject.admin.query('CHECKPOINT');
  return { subject, person, userNames, channelNames };
}
