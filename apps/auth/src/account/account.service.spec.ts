import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { hash } from '@node-rs/argon2';
import { authRpc } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { foldEmail } from '#contracts/scalar.js';
import { userRpc } from '#contracts/user.contract.js';
import { sql } from '#database/statement.js';
import { asService } from '#testing/caller.js';
import { anyone, client, login, password, refusal, register, startAuth, type AuthHouse } from '../auth.fixture.js';

const setHash = sql(
  'spec.account.set_hash',
  `UPDATE auth.credentials c SET password_hash = $2 FROM auth.users u WHERE u.id = c.user_id AND u.username = $1`,
);
const getHash = sql(
  'spec.account.get_hash',
  `SELECT password_hash FROM auth.credentials c JOIN auth.users u ON u.id = c.user_id WHERE u.username = $1`,
);
const count = sql('spec.account.count', 'SELECT count(*) AS n FROM auth.users WHERE LOWER(email) = LOWER($1)');

describe('AccountService', () => {
  let auth: AuthHouse;

  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(async () => auth.close());
  beforeEach(() => {
    auth.personal.asked = [];
    auth.personal.failure = undefined;
  });

  const registering = (body: { email: string; username: string; password?: string }) =>
    auth.house.bus.call(authRpc.register, { password, client, ...body }, { as: anyone, timeoutMs: 14_000 });

  it('registers a user, asks chat for the personal workspace, and signs in', async () => {
    const before = Date.now();
    const { user, expires_at } = await register(auth, 'anna');
    expect(user).toEqual({ id: user.id, email: 'anna@example.com', username: 'anna', avatar_url: null });
    expect(auth.personal.asked).toEqual([{ user_id: user.id, username: 'anna' }]);
    const life = Date.parse(expires_at) - before;
    expect(life).toBeGreaterThan(598_000);
    expect(Date.parse(expires_at)).toBeLessThanOrEqual(Date.now() + 600_000);
  });

  it('signs in whatever the case of the address, and asks chat each time', async () => {
    const { user } = await register(auth, 'bert');
    const again = await login(auth, 'BERT@Example.COM');
    expect(again.user).toEqual(user);
    expect(auth.personal.asked).toHaveLength(2);
  });

  it('is reached only by spellings that count as attempts at the same account', async () => {
    await register(auth, 'viktims');
    const spellings = [
      'VIKTIMS@EXAMPLE.COM',
      'v\u0130ktims@example.com',
      'vi\u212Atims@example.com',
      'viktim\u017F@example.com',
    ];
    const reached = await Promise.all(spellings.map((spelling) => login(auth, spelling).then(Boolean, () => false)));
    expect(reached).toEqual(spellings.map((spelling) => foldEmail(spelling) === 'viktims@example.com'));
    expect(reached).toEqual([true, false, true, false]);
  });

  it('names the field that is taken, ignoring case', async () => {
    await register(auth, 'carla');
    const address = await refusal(registering({ email: 'CARLA@example.com', username: 'carla2' }));
    expect(address).toMatchObject({ code: 'CONFLICT', details: [{ field: 'email', reason: 'Is taken' }] });
    const name = await refusal(registering({ email: 'carla2@example.com', username: 'CARLA' }));
    expect(name).toMatchObject({ code: 'CONFLICT', details: [{ field: 'username', reason: 'Is taken' }] });
  });

  it('lets exactly one of many registrations of an address win', async () => {
    const spellings = Array.from({ length: 12 }, (_, n) => ({
      email: n % 2 === 0 ? 'Dora@example.com' : 'dORA@EXAMPLE.com',
      username: `dora${n}`,
    }));
    const outcomes = await Promise.allSettled(spellings.map(registering));
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(refused).toHaveLength(11);
    for (const reason of refused) expect(reason).toMatchObject({ code: 'CONFLICT' });
    expect(await auth.database.query(count, ['dora@example.com'])).toEqual([{ n: 1 }]);
  });

  it('refuses a common password before it makes anything', async () => {
    const error = await refusal(registering({ email: 'e@example.com', username: 'e', password: 'Password1' }));
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: 'password' }] });
    expect(await auth.database.query(count, ['e@example.com'])).toEqual([{ n: 0 }]);
  });

  it('says that the account was made when its workspace could not be, and lets the user log in later', async () => {
    auth.personal.failure = new FechatterError('UNAVAILABLE');
    const error = await refusal(register(auth, 'frida'));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 2 });
    expect(error.message).toBe('Your account was made, its workspace not yet. Log in in a moment.');
    const still = await login(auth, 'frida@example.com');
    expect(still.user.username).toBe('frida');
    auth.personal.failure = undefined;
    await login(auth, 'frida@example.com');
    expect(auth.personal.asked).toEqual([{ user_id: still.user.id, username: 'frida' }]);
  });

  it('answers an unknown address, a wrong password and a placeholder byte for byte the same', async () => {
    await register(auth, 'gerd');
    const placeholders = { workspace_id: 1, names: ['someone'] };
    await auth.house.bus.call(userRpc.ensurePlaceholders, placeholders, { as: asService('chat') });
    const errors = await Promise.all(
      [
        login(auth, 'nobody@example.com'),
        login(auth, 'gerd@example.com', 'wrong password'),
        login(auth, 'gerd@example.com', `${password} `),
        login(auth, 'someone'),
        login(auth, 'gerd'),
      ].map(refusal),
    );
    for (const error of errors) {
      const { code, message, details, retryAfterSeconds } = error;
      expect({ code, message, details, retryAfterSeconds }).toEqual({
        code: 'UNAUTHORIZED',
        message: 'The e-mail address or the password is wrong.',
        details: [],
        retryAfterSeconds: undefined,
      });
    }
  });

  it('takes as long for an unknown address as for a wrong password', async () => {
    await register(auth, 'hans');
    const times = { 'nobody@example.com': [] as number[], 'hans@example.com': [] as number[] };
    for (let n = 0; n < 80; n++) {
      for (const [email, samples] of Object.entries(times)) {
        const start = performance.now();
        await refusal(login(auth, email, 'wrong password'));
        samples.push(performance.now() - start);
      }
    }
    // The quickest of each: what else the machine does only ever adds to them.
    const [unknown = 0, wrong = 0] = Object.values(times).map((samples) => Math.min(...samples));
    expect(Math.abs(unknown - wrong)).toBeLessThan(5);
  });

  it('hashes a password anew at login when it was hashed under weaker parameters', async () => {
    await register(auth, 'inge');
    const weak = await hash(password, { memoryCost: 4_096, timeCost: 1, parallelism: 1 });
    await auth.database.query(setHash, ['inge', weak]);
    await refusal(login(auth, 'inge@example.com', 'wrong password'));
    expect(await auth.database.query(getHash, ['inge'])).toEqual([{ password_hash: weak }]);
    await login(auth, 'inge@example.com');
    const [row] = await auth.database.query<{ password_hash: string }>(getHash, ['inge']);
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await login(auth, 'inge@example.com');
  });

  it('lets a hundred at once sign in', async () => {
    const { user } = await register(auth, 'jan');
    const logins = await Promise.all(Array.from({ length: 100 }, () => login(auth, 'jan@example.com')));
    expect(logins.every((each) => each.user.id === user.id)).toBe(true);
    expect(new Set(logins.map((each) => each.refresh_token)).size).toBe(100);
  });
});
