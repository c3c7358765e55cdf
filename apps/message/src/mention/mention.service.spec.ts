import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { userRpc } from '#contracts/user.contract.js';
import { callerOf, register, startAuth, type AuthHouse } from '../../../auth/src/auth.fixture.js';
import { MentionService } from './mention.service.js';

let auth: AuthHouse;
const ids = new Map<string, number>();

beforeAll(async () => {
  auth = await startAuth();
  for (const [index, username] of ['Anna', 'İbrahim', 'ΝΙΚΟΣ'].entries()) {
    const session = await register(auth, `user${index}`);
    await auth.house.bus.call(userRpc.updateMe, { username }, { as: callerOf(session) });
    ids.set(username, session.user.id);
  }
}, 60_000);

afterAll(() => auth.close());

describe('mentions', () => {
  it.each([
    ['Anna', '@anna, @ANNA!'],
    ['İbrahim', '@İbrahim hi'],
    ['İbrahim', '@ibrahim hi'],
    ['ΝΙΚΟΣ', 'hello @ΝΙΚΟΣ.'],
    ['ΝΙΚΟΣ', 'hello @νικοσ'],
  ])('are of %s in "%s", whatever letters fold to in JavaScript', async (username, text) => {
    const { userIds } = await new MentionService(auth.house.bus).find(text);
    expect(userIds).toEqual([ids.get(username)]);
  });

  it('are found with an auth that does not say which name it means', async () => {
    const bus = new LocalBus({ freeze: true });
    const users = [{ id: 7, username: 'Anna', avatar_url: null }];
    bus.serve(userRpc.findByNames, async () => ({ users }), { queue: 'auth' });
    expect((await new MentionService(bus).find('@ANNA!')).userIds).toEqual([7]);
    await bus.close();
  });
});
