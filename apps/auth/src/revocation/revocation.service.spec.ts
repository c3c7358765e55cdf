import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { sql } from '#database/statement.js';
import { asService } from '#testing/caller.js';
import { callerOf, login, register, runReplica, startAuth, type AuthHouse } from '../auth.fixture.js';

const fill = sql(
  'spec.revocation.fill',
  `WITH head AS (UPDATE auth.revocation_head SET last_id = last_id + $1 RETURNING last_id)
   INSERT INTO auth.revocations (id, user_id, session_id)
   SELECT head.last_id - $1 + n, 1, 1000000 + n FROM head, generate_series(1, $1::bigint) n`,
);
const age = sql(
  'spec.revocation.age',
  'UPDATE auth.revocations SET revoked_at = revoked_at - make_interval(secs => $2) WHERE id <= $1',
);
const expired = sql(
  'spec.revocation.expired',
  `INSERT INTO auth.sessions (user_id, address, user_agent, expires_at)
   VALUES ($1, '', '', now() - interval '1 second') RETURNING id`,
);
const sessions = sql('spec.revocation.sessions', 'SELECT id FROM auth.sessions WHERE id = ANY($1)');

describe('RevocationService', () => {
  let auth: AuthHouse;

  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(async () => auth.close());

  const list = (after?: number) =>
    auth.house.bus.call(authRpc.listRevocations, after === undefined ? {} : { after }, { as: asService('gateway') });

  it('begins empty, at 0', async () => {
    expect(await list()).toEqual({ revocations: [], last_id: 0 });
  });

  it('gives dense ids in the order of commits: no reader ever sees a hole', async () => {
    const { last_id: before } = await list();
    await register(auth, 'anna');
    const logins = await Promise.all(Array.from({ length: 40 }, () => login(auth, 'anna@example.com')));
    let position = before;
    const seen: number[] = [];
    const follow = async () => {
      const { revocations } = await list(position);
      for (const { id } of revocations) seen.push(id);
      position = revocations.at(-1)?.id ?? position;
    };
    let reading = true;
    const reader = (async () => {
      while (reading) await follow();
    })();
    await Promise.all(logins.map((each) => auth.house.bus.call(authRpc.logout, {}, { as: callerOf(each) })));
    reading = false;
    await reader;
    await follow();
    expect(seen).toEqual(Array.from({ length: 40 }, (_, n) => before + 1 + n));
    expect(auth.announced.map(({ id }) => id).sort((a, b) => a - b)).toEqual(seen);
  });

  it('answers at most 1,000, and says where to go on', async () => {
    const { last_id: before } = await list();
    await auth.database.query(fill, [2_500]);
    const pages = [await list(before)];
    for (let page = pages[0]; page !== undefined && page.revocations.length === 1_000;) {
      page = await list(page.last_id);
      pages.push(page);
    }
    expect(pages.map(({ revocations }) => revocations.length)).toEqual([1_000, 1_000, 500]);
    expect(pages.at(-1)?.last_id).toBe(before + 2_500);
    expect(await list(before + 2_500)).toEqual({ revocations: [], last_id: before + 2_500 });
    const beginning = await list();
    expect(beginning.last_id).toBe(beginning.revocations.at(-1)?.id);
  });

  it('forgets what no living token can name, keeps the count, and removes expired sessions', async () => {
    const { user } = await register(auth, 'bert');
    const living = callerOf(await login(auth, 'bert@example.com'));
    const [old] = await auth.database.query<{ id: number }>(expired, [user.id]);
    const { last_id } = await list(Number.MAX_SAFE_INTEGER);
    await auth.house.bus.call(authRpc.logout, {}, { as: callerOf(await login(auth, 'bert@example.com')) });
    await auth.database.query(age, [last_id, 901]);
    await runReplica(auth);
    const revocations = sql('spec.revocation.all', 'SELECT id FROM auth.revocations');
    expect(await auth.database.query(revocations)).toEqual([{ id: last_id + 1 }]);
    const ids = [living.session_id, old?.id];
    expect(await auth.database.query(sessions, [ids])).toEqual([{ id: living.session_id }]);
    const head = sql('spec.revocation.head', 'SELECT last_id FROM auth.revocation_head');
    expect(await auth.database.query(head)).toEqual([{ last_id: last_id + 1 }]);
  });
});
