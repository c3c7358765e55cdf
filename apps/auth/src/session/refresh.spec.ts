import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { sql } from '#database/statement.js';
import { asService } from '#testing/caller.js';
import { callerOf, login, refresh, refusal, register, startAuth, type AuthHouse } from '../auth.fixture.js';
import { hashOfToken } from './opaque-token.js';

const age = sql(
  'spec.refresh.age',
  `UPDATE auth.refresh_tokens SET used_at = used_at - make_interval(secs => $2) WHERE token_hash = $1 RETURNING used_at`,
);
const expire = sql('spec.refresh.expire', 'UPDATE auth.sessions SET expires_at = now() WHERE id = $1');
const tokensOf = sql(
  'spec.refresh.tokens',
  'SELECT token_hash, used_at FROM auth.refresh_tokens WHERE session_id = $1 ORDER BY used_at NULLS LAST',
);

describe('refreshing', () => {
  let auth: AuthHouse;

  beforeAll(async () => {
    auth = await startAuth();
    await register(auth, 'anna');
  });
  afterAll(async () => auth.close());

  const signIn = () => login(auth, 'anna@example.com');
  const isRevoked = async (sessionId: number) => {
    const { revocations } = await auth.house.bus.call(authRpc.listRevocations, {}, { as: asService('gateway') });
    return revocations.some((revocation) => revocation.session_id === sessionId);
  };
  const expectEnded = async (sessionId: number) => {
    expect(await isRevoked(sessionId)).toBe(true);
    expect(auth.announced.some((revocation) => revocation.session_id === sessionId)).toBe(true);
    expect(await auth.database.query(tokensOf, [sessionId])).toEqual([]);
  };

  it('continues the same session with a new pair', async () => {
    const first = await signIn();
    const second = await refresh(auth, first.refresh_token);
    expect(callerOf(second)).toMatchObject({
      user_id: first.user.id,
      session_id: callerOf(first).session_id,
    });
    expect(second.user).toEqual(first.user);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    await refresh(auth, second.refresh_token);
  });

  it('keeps nothing but SHA-256 of a token', async () => {
    const first = await signIn();
    const second = await refresh(auth, first.refresh_token);
    const rows = await auth.database.query<{ token_hash: Buffer }>(tokensOf, [callerOf(first).session_id]);
    expect(rows.map((row) => row.token_hash.toString('hex'))).toEqual(
      [first, second].map((each) => hashOfToken(each.refresh_token).toString('hex')),
    );
  });

  it('brings the live successor again within the grace', async () => {
    const first = await signIn();
    const second = await refresh(auth, first.refresh_token);
    const again = await refresh(auth, first.refresh_token);
    expect(again.refresh_token).toBe(second.refresh_token);
    await refresh(auth, again.refresh_token);
    expect(await isRevoked(callerOf(first).session_id)).toBe(false);
  });

  it('ends fifty refreshes of one token in one successor', async () => {
    const first = await signIn();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(auth, first.refresh_token)));
    const successors = new Set(answers.map((answer) => answer.refresh_token));
    expect(successors.size).toBe(1);
    expect(await auth.database.query(tokensOf, [callerOf(first).session_id])).toHaveLength(2);
    await refresh(auth, [...successors][0] ?? '');
  });

  it('ends the session when a token comes again after the grace', async () => {
    const first = await signIn();
    const second = await refresh(auth, first.refresh_token);
    expect(await auth.database.query(age, [hashOfToken(first.refresh_token), 11])).toHaveLength(1);
    expect(await refusal(refresh(auth, first.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
    await expectEnded(callerOf(first).session_id);
    expect(await refusal(refresh(auth, second.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('ends the session when the first token comes after the third, although within the grace', async () => {
    const first = await signIn();
    const second = await refresh(auth, first.refresh_token);
    const third = await refresh(auth, second.refresh_token);
    expect(await refusal(refresh(auth, first.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
    await expectEnded(callerOf(first).session_id);
    expect(await refusal(refresh(auth, third.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('ends the session of a stolen token when its owner comes after the thief', async () => {
    const stolen = await signIn();
    const thief = await refresh(auth, stolen.refresh_token);
    await auth.database.query(age, [hashOfToken(stolen.refresh_token), 11]);
    expect(await refusal(refresh(auth, stolen.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await refusal(refresh(auth, thief.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
    await expectEnded(callerOf(stolen).session_id);
  });

  it('ends the session of a stolen token when the thief comes after its owner', async () => {
    const stolen = await signIn();
    const owner = await refresh(auth, (await refresh(auth, stolen.refresh_token)).refresh_token);
    await auth.database.query(age, [hashOfToken(stolen.refresh_token), 11]);
    expect(await refusal(refresh(auth, stolen.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await refusal(refresh(auth, owner.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
    await expectEnded(callerOf(stolen).session_id);
  });

  it('leaves the other sessions of the user alone', async () => {
    const [mine, other] = [await signIn(), await signIn()];
    await refresh(auth, (await refresh(auth, mine.refresh_token)).refresh_token);
    await refusal(refresh(auth, mine.refresh_token));
    await expectEnded(callerOf(mine).session_id);
    await refresh(auth, other.refresh_token);
  });

  it('refuses alike what is unknown, expired, or no refresh token at all', async () => {
    const expired = await signIn();
    await auth.database.query(expire, [callerOf(expired).session_id]);
    const answers = await Promise.all(
      [expired.refresh_token, 'A'.repeat(43), expired.token, `${expired.refresh_token}=`].map((token) =>
        refusal(refresh(auth, token)),
      ),
    );
    expect(new Set(answers.map(({ code, message }) => `${code} ${message}`))).toEqual(
      new Set(['UNAUTHORIZED This refresh token is not valid any more. Sign in again.']),
    );
    expect(await isRevoked(callerOf(expired).session_id)).toBe(false);
  });

  it('does not deadlock with a logout of the same session', async () => {
    for (let n = 0; n < 20; n++) {
      const first = await signIn();
      const outcomes = await Promise.allSettled([
        refresh(auth, first.refresh_token),
        auth.house.bus.call(authRpc.logout, {}, { as: callerOf(first) }),
        refresh(auth, first.refresh_token),
      ]);
      for (const outcome of outcomes) {
        if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'UNAUTHORIZED' });
      }
      expect(outcomes[1]?.status).toBe('fulfilled');
      expect(await auth.database.query(tokensOf, [callerOf(first).session_id])).toEqual([]);
    }
  });
});
