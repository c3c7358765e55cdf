import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { asService } from '#testing/caller.js';
import {
  callerOf,
  client,
  login,
  password,
  refresh,
  refusal,
  register,
  startAuth,
  type AuthHouse,
} from '../auth.fixture.js';

describe('SessionService', () => {
  let auth: AuthHouse;

  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(async () => auth.close());

  const call: AuthHouse['house']['bus']['call'] = (...args) => auth.house.bus.call(...args);
  const listRevocations = () => call(authRpc.listRevocations, {}, { as: asService('gateway') });

  it('lists the live sessions of the caller, last used first, and says which one asks', async () => {
    const first = await register(auth, 'anna');
    await register(auth, 'someone');
    const second = await login(auth, 'anna@example.com');
    const third = await refresh(auth, first.refresh_token);
    const { sessions } = await call(authRpc.listSessions, {}, { as: callerOf(third) });
    expect(sessions.map(({ id, current, address, user_agent }) => ({ id, current, address, user_agent }))).toEqual([
      { id: callerOf(first).session_id, current: true, ...client },
      { id: callerOf(second).session_id, current: false, ...client },
    ]);
  });

  it('logs out: the session ends, is revoked and announced; once more changes nothing', async () => {
    const session = await register(auth, 'bert');
    const other = await login(auth, 'bert@example.com');
    await call(authRpc.logout, {}, { as: callerOf(session) });
    const { revocations, last_id } = await listRevocations();
    expect(revocations.at(-1)).toEqual({
      id: last_id,
      user_id: session.user.id,
      session_id: callerOf(session).session_id,
    });
    expect(auth.announced.at(-1)).toEqual(revocations.at(-1));
    expect(await call(authRpc.logout, {}, { as: callerOf(session) })).toEqual({});
    expect((await listRevocations()).last_id).toBe(last_id);
    expect(await refusal(refresh(auth, session.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
    await refresh(auth, other.refresh_token);
  });

  it('revokes a session of the caller, and knows nothing of those of others', async () => {
    const mine = await register(auth, 'carla');
    const second = await login(auth, 'carla@example.com');
    const foreign = await register(auth, 'carl');
    const as = callerOf(mine);
    const revoke = (id: number) => call(authRpc.revokeSession, { session_id: id }, { as });
    await revoke(callerOf(second).session_id);
    expect(await refusal(refresh(auth, second.refresh_token))).toMatchObject({ code: 'UNAUTHORIZED' });
    const gone = await refusal(revoke(callerOf(second).session_id));
    const others = await refusal(revoke(callerOf(foreign).session_id));
    const none = await refusal(revoke(999_999_999));
    expect(gone).toMatchObject({ code: 'NOT_FOUND' });
    expect([others, none].map(({ code, message }) => ({ code, message }))).toEqual(
      [gone, gone].map(({ code, message }) => ({ code, message })),
    );
    await refresh(auth, foreign.refresh_token);
  });

  it('takes a live session for whatever changes sessions or the password', async () => {
    const ended = await register(auth, 'dora');
    const other = await login(auth, 'dora@example.com');
    const as = callerOf(ended);
    await call(authRpc.logout, {}, { as });
    const change = { current_password: password, new_password: 'another long password' };
    const tries = [
      call(authRpc.listSessions, {}, { as }),
      call(authRpc.revokeSession, { session_id: callerOf(other).session_id }, { as }),
      call(authRpc.changePassword, change, { as }),
      call(authRpc.createTicket, {}, { as }),
    ];
    for (const attempt of tries) expect(await refusal(attempt)).toMatchObject({ code: 'UNAUTHORIZED' });
    await refresh(auth, other.refresh_token);
  });
});
