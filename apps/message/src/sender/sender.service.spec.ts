import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { countedBy } from '#cache/counts.fixture.js';
import { FechatterError } from '#contracts/error.js';
import { userRpc, type User } from '#contracts/user.contract.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { SenderService } from './sender.service.js';

const user = (id: number, username = `user${id}`): User => ({ id, username, avatar_url: null });

let bus: LocalBus;
let senders: SenderService;
let asked: number[][];
let names: Map<number, string>;
/** Milliseconds by which the clock is ahead. */
let passed: number;

beforeEach(() => {
  passed = 0;
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + passed);
  bus = new LocalBus({ freeze: true });
  senders = new SenderService(bus);
  asked = [];
  names = new Map();
  bus.serve(
    userRpc.getMany,
    async ({ ids }) => {
      asked.push([...ids]);
      return { users: ids.filter((id) => id !== 404).map((id) => user(id, names.get(id))) };
    },
    { queue: 'auth' },
  );
});

afterEach(async () => {
  jest.restoreAllMocks();
  await bus.close();
});

function authIsDown(): void {
  bus.serve(
    userRpc.getMany,
    async () => {
      throw new FechatterError('UNAVAILABLE');
    },
    { queue: 'auth' },
  );
}

describe('SenderService', () => {
  it('asks once for all who are missing, and not again for a while', async () => {
    expect(await senders.get([1, 2, 1])).toEqual(new Map([[1, user(1)], [2, user(2)]])); // prettier-ignore
    await senders.get([2, 3]);
    expect(asked).toEqual([[1, 2], [3]]);
    names.set(1, 'renamed');
    passed += 24_000;
    expect((await senders.get([1])).get(1)?.username).toBe('user1');
    passed += 2_000;
    expect((await senders.get([1])).get(1)?.username).toBe('renamed');
  });

  it('lets callers who miss the same user wait for one call', async () => {
    await Promise.all([senders.get([1, 2]), senders.get([2, 3]), senders.get([1])]);
    expect(asked).toEqual([[1, 2], [3]]);
  });

  it('counts a miss for each user who was fetched, and nothing for who waits for the same call', async () => {
    const none = { memory: 0, redis: 0, misses: 0, stale: 0 };
    const counted = (work: () => Promise<unknown>) => countedBy('sender', work);
    const crowd = () => Promise.all([senders.get([1, 2]), senders.get([2, 3]), senders.get([1]), senders.get([3])]);
    expect(await counted(crowd)).toEqual({ ...none, misses: 3 });
    expect(await counted(() => senders.get([1, 2, 1, 4]))).toEqual({ ...none, memory: 2, misses: 1 });
    passed += 30_000;
    expect(await counted(crowd)).toEqual({ ...none, misses: 3 });
  });

  it('asks for at most 1,000 at a time', async () => {
    const ids = Array.from({ length: 2_500 }, (_, index) => index + 1000);
    expect((await senders.get(ids)).size).toBe(2_500);
    expect(asked.map(({ length }) => length)).toEqual([1000, 1000, 500]);
  });

  it('shows what was known last while auth does not answer, and is unavailable for who was never seen', async () => {
    await senders.get([1]);
    authIsDown();
    passed += 600_000;
    expect((await senders.get([1])).get(1)).toEqual(user(1));
    await expect(senders.get([1, 2])).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(senders.getKnown([1, 2])).toEqual(new Map([[1, user(1)], [2, user(2, 'user-2')]])); // prettier-ignore
  });

  it('shows what was known last while auth takes long, and the new name once that is there', async () => {
    await senders.get([1]);
    const { open, opened } = gate();
    let calls = 0;
    const slow = async () => {
      calls++;
      await opened;
      return { users: [user(1, 'renamed'), user(2)] };
    };
    bus.serve(userRpc.getMany, slow, { queue: 'auth' });
    passed += 26_000;
    expect(await senders.get([1])).toEqual(new Map([[1, user(1)]]));
    const stranger = senders.get([2]);
    expect(await senders.get([1])).toEqual(new Map([[1, user(1)]]));
    open();
    await eventually(() => senders.getKnown([1]).get(1)?.username === 'renamed', 'the new name', 1_000);
    expect(await stranger).toEqual(new Map([[2, user(2)]]));
    expect(calls).toBe(2);
  });

  it('asks for a name that it can show not more than once a second while auth does not answer', async () => {
    await senders.get([1]);
    let calls = 0;
    const failing = async (): Promise<never> => {
      calls++;
      throw new FechatterError('UNAVAILABLE');
    };
    bus.serve(userRpc.getMany, failing, { queue: 'auth' });
    passed += 26_000;
    for (const asked of [1, 2]) {
      for (let time = 0; time < 3; time++) expect(await senders.get([1])).toEqual(new Map([[1, user(1)]]));
      expect(calls).toBe(asked);
      passed += 1_100;
    }
  });

  it('names a user whom auth does not know after the id, and asks again after a minute only', async () => {
    expect((await senders.get([404])).get(404)?.username).toBe('user-404');
    await senders.get([404]);
    expect(asked).toEqual([[404]]);
  });
});
