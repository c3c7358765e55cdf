import { describe, expect, it } from '@jest/globals';
import type { PresenceStatus } from '#contracts/presence.contract.js';
import { PresenceLeases } from './presence-leases.js';

const user = (user_id: number, status: PresenceStatus) => ({ user_id, status, last_seen: '2026-01-01T00:00:00.000Z' });

describe('Leases of presence', () => {
  it('make a user online while any gateway says so, and end with the gateway that falls silent', () => {
    const leases = new PresenceLeases();
    leases.renew('a', true, [user(1, 'away'), user(2, 'online')], 0);
    leases.renew('b', false, [user(1, 'online')], 20_000);
    expect([1, 2, 3].map((id) => leases.statusOf(id))).toEqual(['online', 'online', 'offline']);
    expect([...leases.expire(45_001)].sort()).toEqual([1, 2]);
    expect([1, 2].map((id) => leases.statusOf(id))).toEqual(['online', 'offline']);
    expect([...leases.renew('b', false, [user(1, 'offline')], 50_000)]).toEqual([1]);
    expect(leases.statusOf(1)).toBe('offline');
  });

  it('are replaced by what a gateway says in full', () => {
    const leases = new PresenceLeases();
    leases.renew('a', true, [user(1, 'online'), user(2, 'online')], 0);
    expect([...leases.renew('a', true, [user(2, 'away')], 1)].sort()).toEqual([1, 2]);
    expect([1, 2].map((id) => leases.statusOf(id))).toEqual(['offline', 'away']);
  });
});
