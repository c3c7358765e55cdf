import { describe, expect, it } from '@jest/globals';
import type { PresenceLease, PresenceStatus } from '#contracts/presence.contract.js';
import { range } from '#testing/range.js';
import { everybody } from './presence-parts.js';
import { PresenceLeases, type Touched } from './presence-leases.js';

const user = (user_id: number, status: PresenceStatus, ...chat_ids: number[]) => ({
  ...{ user_id, status, chat_ids },
  last_seen: '2026-01-01T00:00:00.000Z',
});
const all = (...users: PresenceLease[]) => ({ full: true, users });
const some = (...users: PresenceLease[]) => ({ full: false, users });
const ids = (touched: Touched) => [...touched.keys()].sort();

describe('Leases of presence', () => {
  it('make a user online while any gateway says so, and end with the gateway that falls silent', () => {
    const leases = new PresenceLeases();
    leases.renew('a', all(user(1, 'away'), user(2, 'online')), 0);
    leases.renew('b', some(user(1, 'online')), 20_000);
    expect([1, 2, 3].map((id) => leases.statusOf(id))).toEqual(['online', 'online', 'offline']);
    expect(ids(leases.expire(45_001))).toEqual([1, 2]);
    expect([1, 2].map((id) => leases.statusOf(id))).toEqual(['online', 'offline']);
    expect(ids(leases.renew('b', some(user(1, 'offline')), 50_000))).toEqual([1]);
    expect(leases.statusOf(1)).toBe('offline');
  });

  it('are replaced by what a gateway says in full', () => {
    const leases = new PresenceLeases();
    leases.renew('a', all(user(1, 'online'), user(2, 'online')), 0);
    expect(ids(leases.renew('a', all(user(2, 'away')), 1))).toEqual([1, 2]);
    expect([1, 2].map((id) => leases.statusOf(id))).toEqual(['offline', 'away']);
  });

  it('are replaced part by part where there are many, whatever part is late or lost', () => {
    const leases = new PresenceLeases();
    const crowd = range(1, 6_000).reverse();
    const parts = everybody(crowd.map((id) => user(id, 'online')));
    expect(parts.length).toBe(3);
    const online = () => crowd.filter((id) => leases.statusOf(id) === 'online').length;
    for (const part of parts) leases.renew('a', part, 0);
    expect(online()).toBe(6_000);
    for (const part of parts.toReversed()) {
      leases.renew('a', part, 1);
      expect(online()).toBe(6_000);
    }
    const [first = [], second = [], third = []] = parts.map(({ users }) => users.map(({ user_id }) => user_id));
    const [, few] = everybody([...first, ...third].map((id) => user(id, 'online')));
    if (few !== undefined) leases.renew('a', few, 2);
    expect([first, second, third].map(([id = 0]) => leases.statusOf(id))).toEqual(['online', 'offline', 'online']);
    leases.renew('a', all(user(7, 'away')), 3);
    expect([online(), leases.statusOf(7)]).toEqual([0, 'away']);
  });

  it('are over in time for those who look once a second', () => {
    const leases = new PresenceLeases();
    leases.renew('a', all(user(1, 'online')), 0);
    expect(ids(leases.expire(44_000))).toEqual([]);
    expect(ids(leases.expire(44_001))).toEqual([1]);
  });

  it('say in which chats others are concerned: those of before, and those of now', () => {
    const leases = new PresenceLeases();
    leases.renew('a', all(user(1, 'online', 7, 8)), 0);
    const concern = (chatIds: number[], fresh: number[] = []) => new Map([[1, { chatIds: new Set(chatIds), fresh }]]);
    expect(leases.renew('a', some(user(1, 'away', 8, 9)), 1)).toEqual(concern([7, 8, 9], [9]));
    expect(leases.renew('a', all(), 2)).toEqual(concern([8, 9]));
    leases.renew('a', all(user(1, 'online', 9)), 3);
    expect(leases.expire(50_000)).toEqual(concern([9]));
  });

  it('say who is there of a chat, by whatever gateway, as long as one says so', () => {
    const leases = new PresenceLeases();
    const present = () => [7, 8, 9].map((id) => [...leases.presentIn(id)].sort());
    leases.renew('a', all(user(1, 'online', 7, 8), user(2, 'away', 8)), 0);
    leases.renew('b', all(user(1, 'online', 7)), 40_000);
    expect(present()).toEqual([[1], [1, 2], []]);
    leases.renew('a', some(user(1, 'online', 8, 9), user(2, 'offline', 8)), 1);
    expect(present()).toEqual([[1], [1], [1]]);
    leases.expire(45_002);
    expect(present()).toEqual([[1], [], []]);
  });

  it('say which chats of a user no gateway has named before', () => {
    const leases = new PresenceLeases();
    const fresh = (touched: Touched) => touched.get(1)?.fresh;
    expect(fresh(leases.renew('a', all(user(1, 'online', 7, 8)), 0))).toEqual([7, 8]);
    expect(fresh(leases.renew('a', all(user(1, 'online', 7, 8, 9)), 1))).toEqual([9]);
    expect(fresh(leases.renew('b', some(user(1, 'away', 8, 10)), 2))).toEqual([10]);
    expect(fresh(leases.renew('a', some(user(1, 'offline', 11)), 3))).toEqual([]);
    expect([leases.lacks('b', user(1, 'away', 8)), leases.lacks('b', user(1, 'away', 7))]).toEqual([false, true]);
  });
});
