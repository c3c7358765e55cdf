import { z } from 'zod';
import { event, rpc } from './contract.js';
import { Done, Email, Id, Password, Timestamp, text, Username } from './scalar.js';
import { User } from './user.contract.js';

/** Where a session was opened from; shown in the list of sessions. */
export const ClientInfo = z.strictObject({ address: text(0, 64), user_agent: text(0, 512) });
export type ClientInfo = z.infer<typeof ClientInfo>;

export const RegisterBody = z
  .strictObject({ email: Email, username: Username, password: Password })
  .meta({ id: 'Register' });
export const LoginBody = z.strictObject({ email: text(1, 254), password: text(1, 1000) }).meta({ id: 'Login' });
export const RefreshBody = z.strictObject({ refresh_token: text(1, 512) }).meta({ id: 'Refresh' });
export const ChangePasswordBody = z
  .strictObject({ current_password: text(1, 1000), new_password: Password })
  .meta({ id: 'ChangePassword' });

/** A signed-in session: a short-lived access token and the single-use refresh token that continues it. */
export const Login = z
  .strictObject({
    token: z.string(),
    refresh_token: z.string(),
    user: User.extend({ email: Email }),
    expires_at: Timestamp,
  })
  .meta({ id: 'LoginResult' });
export type Login = z.infer<typeof Login>;

export const Session = z
  .strictObject({
    id: Id,
    address: z.string(),
    user_agent: z.string(),
    created_at: Timestamp,
    last_used_at: Timestamp,
    current: z.boolean().describe('The session that asks'),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

export const Ticket = z.strictObject({ ticket: z.string(), expires_at: Timestamp }).meta({ id: 'Ticket' });

/** Who a ticket or a token speaks for. `expires_at` in epoch seconds. */
export const Identity = z.strictObject({ user_id: Id, session_id: Id, expires_at: z.int() });
export type Identity = z.infer<typeof Identity>;

export const Jwk = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  kid: z.string(),
  alg: z.string(),
  use: z.string(),
});
export const Jwks = z.strictObject({ keys: z.array(Jwk) }).meta({ id: 'Jwks' });
export type Jwks = z.infer<typeof Jwks>;

/** A session that ended before its tokens did. Ids are dense: whoever has read up to `id` asks for what follows. */
export const Revocation = z.strictObject({ id: Id, user_id: Id, session_id: Id });
export type Revocation = z.infer<typeof Revocation>;

export const authRpc = {
  register: rpc('auth.register', 'anyone', RegisterBody.extend({ client: ClientInfo }), Login),
  login: rpc('auth.login', 'anyone', LoginBody.extend({ client: ClientInfo }), Login),
  refresh: rpc('auth.refresh', 'anyone', RefreshBody.extend({ client: ClientInfo }), Login),
  /** Whether somebody is signed in to that account from there. */
  isKnownAddress: rpc(
    'auth.session.is_known_address',
    'service',
    z.strictObject({ email: text(1, 254), address: text(0, 64) }),
    z.strictObject({ is_known: z.boolean() }),
  ),
  logout: rpc('auth.logout', 'user', z.strictObject({}), Done),
  changePassword: rpc('auth.change_password', 'user', ChangePasswordBody, Done),
  listSessions: rpc('auth.session.list', 'user', z.strictObject({}), z.strictObject({ sessions: z.array(Session) })),
  revokeSession: rpc('auth.session.revoke', 'user', z.strictObject({ session_id: Id }), Done),
  createTicket: rpc('auth.ticket.create', 'user', z.strictObject({}), Ticket),
  redeemTicket: rpc('auth.ticket.redeem', 'anyone', z.strictObject({ ticket: text(1, 512) }), Identity),
  listKeys: rpc('auth.key.list', ['anyone', 'service'], z.strictObject({}), Jwks),
  /** At most 1,000 at a time; without `after` only the newest id, which is where a new reader begins, and what is live. */
  listRevocations: rpc(
    'auth.revocation.list',
    'service',
    z.strictObject({ after: z.int().min(0).optional() }),
    z.strictObject({ revocations: z.array(Revocation), last_id: z.int().min(0) }),
  ),
} as const;

export const authEvent = {
  revoked: event('auth.revoked', Revocation),
} as const;
