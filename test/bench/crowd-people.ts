import { createHash, randomUUID } from 'node:crypto';
import type { Person } from './person.js';
import type { Subject } from './subject.js';

/**
 * Users with a live session each, in the workspace. A password costs 20 ms of processor time by design: these have none,
 * they begin with a refresh token.
 */
const people = `
  WITH users AS (
    INSERT INTO auth.users (email, username) SELECT name || '@example.com', name FROM unnest($1::text[]) name
    RETURNING id, username
  ), members AS (
    INSERT INTO chat.workspace_users (workspace_id, user_id, role) SELECT $3, id, 'member' FROM users
  ), sessions AS (
    INSERT INTO auth.sessions (user_id, address, user_agent, expires_at)
    SELECT id, '127.0.0.1', 'bench', now() + interval '1 day' FROM users RETURNING id, user_id
  )
  INSERT INTO auth.refresh_tokens (token_hash, session_id)
  SELECT token.hash, s.id FROM users u JOIN sessions s ON s.user_id = u.id
  JOIN unnest($1::text[], $2::bytea[]) token (name, hash) ON token.name = u.username`;

/** So many may be added to a chat at once. */
const additionsAtOnce = 500;
const callsAtOnce = 16;

/** Makes so many people members of the chat, beside its owner. Answers the access token of each. */
export async function admitCrowd(subject: Subject, owner: Person, chatId: number, count: number): Promise<string[]> {
  const names = Array.from({ length: count }, () => `crowd-${randomUUID()}`);
  const refreshTokens = names.map((name) => `refresh ${name}`);
  const hashes = refreshTokens.map((token) => createHash('sha256').update(token).digest());
  await subject.admin.query(people, [names, hashes, owner.workspaceId]);
  const found: { token: string; id: number }[] = [];
  const waiting = [...refreshTokens];
  const work = async () => {
    for (let token = waiting.pop(); token !== undefined; token = waiting.pop())
      found.push(await signIn(subject, token));
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
  for (let start = 0; start < count; start += additionsAtOnce) {
    const user_ids = found.slice(start, start + additionsAtOnce).map(({ id }) => id);
    await owner.call('POST', `/api/chats/${chatId}/members`, { user_ids });
  }
  return found.map(({ token }) => token);
}

async function signIn({ port }: Subject, refreshToken: string): Promise<{ token: string; id: number }> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/auth/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refresh_token: refreshToken }),
    signal: AbortSignal.timeout(30_000),
  });
  if (!answer.ok) throw new Error(`A session did not begin: ${answer.status} ${await answer.text()}`);
  const { token, user } = (await answer.json()) as { token: string; user: { id: number } };
  return { token, id: user.id };
}
