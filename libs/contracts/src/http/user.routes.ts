import { z } from 'zod';
import { PresenceStatus } from '../presence.contract.js';
import { IdParam } from '../scalar.js';
import { Me, UpdateMe, User } from '../user.contract.js';
import { WorkspaceRole } from '../workspace.contract.js';
import { listOf, ofId, paging } from './query.js';
import { route } from './route.js';

/** A user with the presence that the caller may see. */
export const UserPresence = User.extend({ status: PresenceStatus }).meta({ id: 'UserPresence' });

/** A member of a workspace. */
export const WorkspaceUser = UserPresence.extend({ role: WorkspaceRole }).meta({ id: 'WorkspaceUser' });

export const usersApi = {
  me: route({
    method: 'GET',
    path: '/api/users/me',
    summary: 'Read the own profile',
    auth: 'user',
    limit: 'request',
    status: 200,
    reply: Me,
  }),
  updateMe: route({
    method: 'PUT',
    path: '/api/users/me',
    summary: 'Change the own profile',
    description: 'Fields that are left out stay as they are; `preferences` are replaced as a whole.',
    auth: 'user',
    limit: 'request',
    body: UpdateMe,
    status: 200,
    reply: Me,
    errors: ['CONFLICT'],
  }),
  list: route({
    method: 'GET',
    path: '/api/users',
    summary: 'List the members of a workspace with presence and role',
    auth: 'user',
    limit: 'request',
    query: z.strictObject({ workspace_id: IdParam, ...paging(100, 1000) }),
    status: 200,
    reply: listOf('users', WorkspaceUser),
    errors: ['NOT_FOUND'],
  }),
  get: route({
    method: 'GET',
    path: '/api/users/{id}',
    summary: 'Read a user whom the caller may see',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: UserPresence,
  }),
} as const;
