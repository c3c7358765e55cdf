import { examples } from '#database/example.js';
import { nameParams } from '#database/name-search.js';

/** Of the user with the most sessions. */
interface Facts {
  readonly user: number;
  readonly users: number[];
  readonly email: string;
  readonly usernames: string[];
  readonly version: number;
  readonly session: number;
  /** A refresh token that was used, and the one that has not been. */
  readonly used: Buffer;
  readonly unused: Buffer;
  readonly ticket: Buffer;
  readonly revocation: number;
  readonly workspace: number;
  readonly placeholders: string[];
}

const facts = `
  SELECT u.id AS user, u.email, c.version, s.id AS session, ARRAY(SELECT id FROM auth.users ORDER BY id LIMIT 100) AS users,
    ARRAY(SELECT username FROM auth.users ORDER BY id LIMIT 20) AS usernames,
    (SELECT token_hash FROM auth.refresh_tokens WHERE session_id = s.id AND used_at IS NOT NULL ORDER BY used_at DESC LIMIT 1) AS used,
    (SELECT token_hash FROM auth.refresh_tokens WHERE session_id = s.id AND used_at IS NULL LIMIT 1) AS unused,
    coalesce((SELECT ticket_hash FROM auth.tickets LIMIT 1), '\\x00') AS ticket,
    (SELECT last_id FROM auth.revocation_head) AS revocation,
    coalesce((SELECT min(placeholder_workspace_id) FROM auth.users), 1) AS workspace,
    ARRAY(SELECT placeholder_name FROM auth.users WHERE placeholder_name IS NOT NULL ORDER BY id LIMIT 100) AS placeholders
  FROM (SELECT user_id AS id FROM auth.sessions WHERE expires_at > now() GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1) most
  JOIN auth.users u ON u.id = most.id JOIN auth.credentials c ON c.user_id = u.id
  CROSS JOIN LATERAL (SELECT id FROM auth.sessions WHERE user_id = u.id ORDER BY id LIMIT 1) s`;

const month = 30 * 86_400;
const hash = Buffer.from('an example that nobody holds');
const names = ['Example One', 'Example Two'];

export const authExamples = examples<Facts>(facts, {
  'auth.account.any': { params: () => [], buffers: 10 },
  'auth.account.create': { params: () => ['example@example.invalid', 'an example', 'hash'], buffers: 80 },
  'auth.account.find_by_email': { params: (f) => [f.email], buffers: 15 },
  'auth.credential.change': { params: (f) => [f.user, f.version, 'hash'], buffers: 20 },
  'auth.credential.find': { params: (f) => [f.user, f.session], buffers: 15 },
  'auth.credential.rehash': { params: (f) => [f.user, f.version, 'hash'], buffers: 15 },
  'auth.expiry.revocations': { params: () => [86_400], buffers: 230, cold: 'hourly; the table holds what is recent' },
  'auth.expiry.sessions': {
    params: () => [],
    buffers: 130_000,
    cold: 'hourly, at most 5,000 sessions with their tokens',
  },
  'auth.expiry.tickets': { params: () => [], buffers: 23_000, cold: 'hourly; tickets live for half a minute' },
  'auth.key.due': { params: () => [month, 86_400], buffers: 10 },
  'auth.key.insert': { params: () => ['example', 'public', Buffer.from('private'), new Date()], buffers: 15 },
  'auth.key.list': { params: () => [], buffers: 10 },
  'auth.key.lock': { params: () => [4_270_002], buffers: 5 },
  'auth.key.remove_retired': { params: () => [month], buffers: 10 },
  'auth.placeholder.find': { params: (f) => [f.workspace, f.placeholders], buffers: 170 },
  'auth.placeholder.insert': { params: (f) => [f.workspace, names, names], buffers: 110 },
  'auth.refresh.end': { params: (f) => [f.session], buffers: 15 },
  'auth.refresh.is_repetition': { params: (f) => [f.used, f.unused, 600], buffers: 15 },
  'auth.refresh.lock': { params: (f) => [f.unused], buffers: 20 },
  'auth.refresh.prolong': { params: (f) => [f.session, hash, month, '127.0.0.1', 'Firefox'], buffers: 30 },
  'auth.refresh.spend': { params: (f) => [f.unused], buffers: 25 },
  'auth.revocation.list': {
    params: () => [0, 1_000],
    deep: (f) => [f.revocation - 1_000, 1_000],
    buffers: 30,
    bounds: { sorted: 1_000 },
  },
  'auth.revocation.record': { params: (f) => [[f.session], [f.user]], buffers: 20 },
  'auth.session.addresses': { params: (f) => [f.email], buffers: 15, bounds: { sorted: 500 } },
  'auth.session.end': { params: (f) => [f.user, f.session], buffers: 15 },
  'auth.session.end_others': { params: (f) => [f.user, f.session], buffers: 540, bounds: { sorted: 500 } },
  'auth.session.is_live': { params: (f) => [f.user, f.session], buffers: 10 },
  'auth.session.list': { params: (f) => [f.user], buffers: 10, bounds: { sorted: 500 } },
  'auth.session.open': { params: (f) => [f.user, f.version, '127.0.0.1', 'Firefox', month, hash], buffers: 40 },
  'auth.ticket.create': { params: (f) => [hash, f.user, f.session, Date.now() / 1000 + 600], buffers: 20 },
  'auth.ticket.redeem': { params: (f) => [f.ticket], buffers: 10 },
  'auth.user.candidates': {
    params: () => [...nameParams('persom-12'), 1_000],
    buffers: 150,
    bounds: { sorted: 1_000 },
  },
  'auth.user.find': { params: (f) => [f.user], buffers: 10 },
  'auth.user.find_by_email': { params: (f) => [f.email], buffers: 10 },
  'auth.user.find_by_names': { params: (f) => [f.usernames], buffers: 85 },
  'auth.user.find_many': { params: (f) => [f.users], buffers: 10 },
  'auth.user.search': { params: (f) => [...nameParams('person-1'), f.users, 20], buffers: 20 },
  'auth.user.update': { params: (f) => [f.user, null, true, 'https://example.com/a.png', null], buffers: 65 },
});
