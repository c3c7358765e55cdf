import { describe, expect, it } from '@jest/globals';
import { sql } from '#database/statement.js';
import { login, register, refusal, runReplica, startAuth } from '../auth.fixture.js';

const users = sql('spec.demo.users', 'SELECT email FROM auth.users ORDER BY id');

describe('DemoService', () => {
  it('fills an empty database once, with the user of the load plan', async () => {
    const auth = await startAuth({ FECHATTER_DEMO: 'true' });
    try {
      const { user } = await login(auth, 'test@example.com', 'password');
      expect(auth.personal.asked).toEqual([{ user_id: user.id, username: 'test' }]);
      await runReplica(auth, { FECHATTER_DEMO: 'true' });
      expect(await auth.database.query(users)).toEqual([{ email: 'test@example.com' }]);
    } finally {
      await auth.close();
    }
  });

  it('adds nothing where there are users', async () => {
    const auth = await startAuth();
    try {
      await register(auth, 'anna');
      await runReplica(auth, { FECHATTER_DEMO: 'true' });
      expect(await auth.database.query(users)).toEqual([{ email: 'anna@example.com' }]);
      expect(await refusal(login(auth, 'test@example.com', 'password'))).toMatchObject({ code: 'UNAUTHORIZED' });
    } finally {
      await auth.close();
    }
  });
});
