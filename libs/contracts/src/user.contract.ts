import { z } from 'zod';
import { rpc } from './contract.js';
import { Email, Id, limit, text, Timestamp, Username } from './scalar.js';

/** What everybody who shares something with a user may know. */
export const User = z
  .strictObject({ id: Id, username: Username, avatar_url: z.string().nullable() })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

/** PostgreSQL refuses NUL and halves of surrogate pairs inside JSON too. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
}

/** Free settings of the client: at most 16 KiB of JSON. */
export const Preferences = z
  .record(text(1, 64), z.json())
  .refine((value) => JSON.stringify(value).length <= 16_384, { error: 'Must be at most 16 KiB of JSON' })
  .refine(isStorable, { error: 'Must hold well-formed Unicode without NUL characters' });

/** What only the user may know of themselves. */
export const Me = User.extend({ email: Email, preferences: Preferences, created_at: Timestamp }).meta({ id: 'Me' });
export type Me = z.infer<typeof Me>;

export const AvatarUrl = text(1, 2048).pipe(z.url({ protocol: /^https?$/ }));

export const UpdateMe = z
  .strictObject({
    username: Username.optional(),
    avatar_url: AvatarUrl.nullable().optional(),
    preferences: Preferences.optional(),
  })
  .meta({ id: 'UpdateMe' });
export type UpdateMe = z.infer<typeof UpdateMe>;

/** auth owns users. */
export const userRpc = {
  me: rpc('auth.user.me', 'user', z.strictObject({}), Me),
  updateMe: rpc('auth.user.update_me', 'user', UpdateMe, Me),
  /** Unknown ids are left out of the answer; the order is not promised. */
  getMany: rpc(
    'auth.user.get_many',
    'service',
    z.strictObject({ ids: z.array(Id).max(1000) }),
    z.strictObject({ users: z.array(User) }),
  ),
  /**
   * Names compare ignoring case, as the database folds them and nobody else does. A user for each of the names that is
   * known, with the name as it was `asked` for; servers of an earlier version leave that out.
   */
  findByNames: rpc(
    'auth.user.find_by_names',
    'service',
    z.strictObject({ usernames: z.array(Username).max(500) }),
    z.strictObject({ users: z.array(User.extend({ asked: Username.optional() })) }),
  ),
  findByEmail: rpc(
    'auth.user.find_by_email',
    'service',
    z.strictObject({ email: Email }),
    z.strictObject({ user: User.nullable() }),
  ),
  /**
   * Of the given users, those whose name matches `query`, best first: equal, begins with it, a word begins with it,
   * contains it, similar; then the shorter name. One or two letters find beginnings only.
   */
  search: rpc(
    'auth.user.search',
    'service',
    z.strictObject({ query: text(1, 64), ids: z.array(Id).max(1000), limit: limit(20, 100) }),
    z.strictObject({ users: z.array(User) }),
  ),
  /** Of all users, the first thousand that `search` could find, best first. */
  candidates: rpc(
    'auth.user.candidates',
    'service',
    z.strictObject({ query: text(1, 64) }),
    z.strictObject({ user_ids: z.array(Id).max(1000) }),
  ),
  /**
   * Users who stand for the senders of an imported history: they cannot log in. One per workspace and name, made when
   * missing; a name that is taken by somebody else gets a suffix. `users[i]` answers `names[i]`.
   */
  ensurePlaceholders: rpc(
    'auth.user.ensure_placeholders',
    'service',
    z.strictObject({ workspace_id: Id, names: z.array(text(1, 256)).min(1).max(1000) }),
    z.strictObject({ user_ids: z.array(Id) }),
  ),
} as const;
