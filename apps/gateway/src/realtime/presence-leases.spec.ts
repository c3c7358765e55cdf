import { describe, expect, it } from '@jest/globals';
import type { PresenceStatus } from '#contracts/presence.contract.js';
import { PresenceLeases, type Touched } from './presence-leases.js';

const user = (user_id: number, status: PresenceStatus, ...chat_ids: number[]) => ({
  ...{ user_id, status, chat_ids },
  last_seen: '2026-01-01T00:00:00.000Z',
});
const ids = (touched: Touched) => [...touched.keys()].sort();

describe('Leases of presence', () => {
  it('make a user online while any gateway says so, and end with the gateway that falls silent', () => {
    const leases = new PresenceLeases();
    leases.renew('a', true, [user(1, 'away'), user(2, 'online')], 0);
    leases.renew('b', false, [user(1, 'online')], 20_000);
    expect([1, 2, 3].map((id) => leases.statusOf(id))).toEqual(['online', 'online', 'offline']);
    expect(ids(leases.expire(45_001))).toEqual([1, 2]);
    expect([1, 2].map((id) => leases.statusOf(id))).toEqual(['online', 'offline']);
    expect(ids(leases.renew('b', false, [user(1, 'offline')], 50_000))).toEqual([1]);
    expect(leases.statusOf(1)).toBe('offline');
  });

  it('are replaced by what a gateway says in full', () => {
    const leases = new PresenceLeases();
    leases.renew('a', true, [user(1, 'online'), user(2, 'online')], 0);
    expect(ids(leases.renew('a', true, [user(2, 'away')], 1))).toEqual([1, 2]);
    expect([1, 2].map((id) => leases.statusOf(id))).toEqual(['offline', 'away']);
  });

  it('say in which chats others are concerned: those of before, and those of now', () => {
    const leases = new PresenceLeases();
    leases.renew('a', true, [user(1, 'online', 7, 8)], 0);
    expect([...leases.renew('a', false, [user(1, 'away', 8, 9)], 1)]).toEqual([[1, new Set([7, 8, 9])]]);
    expect([...leases.renew('a', true, [], 2)]).toEqual([[1, new Set([8, 9])]]);
    leases.renew('a', true, [user(1, 'online', 9)], 3);
    expect([...leases.expire(50_000)]).toEqual([[1, new Set([9])]]);
  });
});
