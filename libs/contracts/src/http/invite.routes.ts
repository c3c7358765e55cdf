import { z } from 'zod';
import { Done, IdParam, text, Timestamp } from '../scalar.js';
import { InviteBody, Workspace, workspaceRpc } from '../workspace.contract.js';
import { ofId } from './query.js';
import { route } from './route.js';

const InviteCode = text(1, 64);

/** Where to send the invited: the code alone is what lets them in. */
export const NewInviteResult = z
  .strictObject({
    invite_code: z.string(),
    invite_url: z
      .url()
      .describe('Address of a page of the client, PUBLIC_URL/invite/CODE; the server has no such page'),
    expires_at: Timestamp,
  })
  .meta({ id: 'NewInviteResult' });

export const invitesApi = {
  create: route({
    method: 'POST',
    path: '/api/workspaces/{id}/invites',
    summary: 'Invite somebody into a workspace',
    auth: 'user',
    limit: 'request',
    params: ofId,
    body: InviteBody,
    status: 201,
    reply: NewInviteResult,
    errors: ['FORBIDDEN'],
  }),
  list: route({
    method: 'GET',
    path: '/api/workspaces/{id}/invites',
    summary: 'List the open invites of a workspace',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: workspaceRpc.listInvites.reply,
    errors: ['FORBIDDEN'],
  }),
  delete: route({
    method: 'DELETE',
    path: '/api/workspaces/{id}/invites/{code}',
    summary: 'Take an invite back',
    auth: 'user',
    limit: 'request',
    params: z.strictObject({ id: IdParam, code: InviteCode }),
    status: 200,
    reply: Done,
    errors: ['FORBIDDEN'],
  }),
  accept: route({
    method: 'POST',
    path: '/api/invites/{code}/accept',
    summary: 'Accept an invite and join its workspace',
    description:
      'NOT_FOUND when it has expired, is for somebody else, or whoever made it is no owner or admin of the workspace now.',
    auth: 'user',
    limit: 'request',
    params: z.strictObject({ code: InviteCode }),
    status: 200,
    reply: Workspace,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
} as const;
