import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authRpc } from '#contracts/auth.contract.js';
import { sql } from '#database/statement.js';
import { anyone, callerOf, login, refusal, register, startAuth, type AuthHouse } from '../auth.fixture.js';
import { hashOfToken } from '../session/opaque-token.js';

const stored = sql('spec.ticket.stored', 'SELECT ticket_hash FROM auth.tickets');
const age = sql(
  'spec.ticket.age',
  `UPDATE auth.tickets SET expires_at = expires_at - make_interval(secs => $2) WHERE ticket_hash = $1 RETURNING 1 AS one`,
);

describe('TicketService', () => {
  let auth: AuthHouse;

  beforeAll(async () => {
    auth = await startAuth();
    await register(auth, 'anna');
  });
  afterAll(async () => auth.close());

  const redeem = (ticket: string) => auth.house.bus.call(authRpc.redeemTicket, { ticket }, { as: anyone });
  const newTicket = async () => {
    const caller = callerOf(await login(auth, 'anna@example.com'));
    return { caller, ...(await auth.house.bus.call(authRpc.createTicket, {}, { as: caller })) };
  };

  it('says for whom a ticket speaks, and until when their access token lives', async () => {
    const { caller, ticket, expires_at } = await newTicket();
    const life = Date.parse(expires_at) - Date.now();
    expect(life).toBeGreaterThan(27_000);
    expect(life).toBeLessThanOrEqual(30_500);
    const { user_id, session_id, expires_at: tokenExpiresAt } = caller;
    expect(await redeem(ticket)).toEqual({ user_id, session_id, expires_at: tokenExpiresAt });
  });

  it('is good once, also for twenty who come at the same moment', async () => {
    const { ticket } = await newTicket();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => redeem(ticket)));
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    expect(await refusal(redeem(ticket))).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('is good for thirty seconds', async () => {
    const { ticket } = await newTicket();
    expect(await auth.database.query(age, [hashOfToken(ticket), 31])).toHaveLength(1);
    expect(await refusal(redeem(ticket))).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('ends with its session', async () => {
    const { caller, ticket } = await newTicket();
    await auth.house.bus.call(authRpc.logout, {}, { as: caller });
    expect(await refusal(redeem(ticket))).toMatchObject({ code: 'UNAUTHORIZED' });
  });

  it('is not the access token, nor the refresh token, nor kept anywhere', async () => {
    const { ticket } = await newTicket();
    const session = await login(auth, 'anna@example.com');
    for (const other of [session.token, session.refresh_token, ticket.toLowerCase()]) {
      expect(await refusal(redeem(other))).toMatchObject({ code: 'UNAUTHORIZED' });
    }
    const rows = await auth.database.query<{ ticket_hash: Buffer }>(stored);
    expect(rows.map((row) => row.ticket_hash.toString('hex'))).toContain(hashOfToken(ticket).toString('hex'));
    expect(rows.some((row) => row.ticket_hash.includes(ticket))).toBe(false);
  });
});
