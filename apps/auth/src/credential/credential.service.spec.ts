import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { authRpc } from '#contracts/auth.contract.js';
import { sql } from '#database/statement.js';
import { asService } from '#testing/caller.js';
import { callerOf, login, password, refresh, refusal, register, startAuth, type AuthHouse } from '../auth.fixture.js';

const changeVersion = sql(
  'spec.credential.change_version',
  'UPDATE auth.credentials SET version = version + 1 WHERE user_id = $1',
);
const waiting = sql('spec.credential.waiting', 'SELECT pid FROM pg_locks WHERE NOT granted');

const next = 'another password, as long';

describe('CredentialService', () => {
  let auth: AuthHouse;

  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(async () => auth.close());

  const change = (as: ReturnType<typeof callerOf>, current_password = password, new_password = next) =>
    auth.house.bus.call(authRpc.changePassword, { current_password, new_password }, { as, timeoutMs: 14_000 });

  it('changes the password, keeps the session that asks and ends all others', async () => {
    const mine = await register(auth, 'anna');
    const others = [await login(auth, 'anna@example.com'), await login(auth, 'anna@example.com')];
    await change(callerOf(mine));
    await refresh(auth, mine.refresh_token);
    for (const other of others) {
      expect(await refusal(refresh(auth, other.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
    }
    const { revocations } = await auth.house.bus.call(authRpc.listRevocations, {}, { as: asService('gateway') });
    const ended = others.map((other) => callerOf(other).session_id);
    expect(revocations.map((revocation) => revocation.session_id)).toEqual(expect.arrayContaining(ended));
    expect(auth.announced.map((revocation) => revocation.session_id)).toEqual(expect.arrayContaining(ended));
    expect(await refusal(login(auth, 'anna@example.com'))).toMatchObject({ code: 'UNAUTHORIZED' });
    await login(auth, 'anna@example.com', next);
  });

  it('refuses a wrong current password and changes nothing', async () => {
    const mine = await register(auth, 'bert');
    const other = await login(auth, 'bert@example.com');
    const error = await refusal(change(callerOf(mine), `${password}.`));
    expect(error).toMatchObject({ code: 'FORBIDDEN', details: [{ field: 'current_password' }] });
    await refresh(auth, other.refresh_token);
    await login(auth, 'bert@example.com');
  });

  it('refuses a common new password', async () => {
    const mine = await register(auth, 'carla');
    const error = await refusal(change(callerOf(mine), password, 'qwertyuiop'));
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: 'new_password' }] });
    await login(auth, 'carla@example.com');
  });

  it('lets no session live on that was opened with the old password while it changed', async () => {
    const mine = await register(auth, 'dora');
    const logins = Array.from({ length: 30 }, () => login(auth, 'dora@example.com'));
    const changed = change(callerOf(mine));
    const outcomes = await Promise.allSettled(logins);
    await changed;
    const opened = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    for (const session of opened) {
      expect(await refusal(refresh(auth, session.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
    }
    const { sessions } = await auth.house.bus.call(authRpc.listSessions, {}, { as: callerOf(mine) });
    expect(sessions.map((session) => session.id)).toEqual([callerOf(mine).session_id]);
  });

  it('makes a login with the old password wait while the password changes, and refuses it then', async () => {
    const { user } = await register(auth, 'fritz');
    const { attempt } = await auth.database.transaction(async (transaction) => {
      await transaction.query(changeVersion, [user.id]);
      let isDecided = false;
      const attempt = refusal(login(auth, 'fritz@example.com')).finally(() => (isDecided = true));
      while (!isDecided && (await auth.database.query(waiting)).length === 0) await nextTurn();
      return { attempt };
    });
    expect(await attempt).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('lets one of two changes at once win', async () => {
    const mine = await register(auth, 'erna');
    const candidates = ['the first new password', 'the second new password'];
    const outcomes = await Promise.allSettled(candidates.map((each) => change(callerOf(mine), password, each)));
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    const winner = candidates[outcomes.findIndex((outcome) => outcome.status === 'fulfilled')];
    await login(auth, 'erna@example.com', winner);
  });
});
