import { z } from 'zod';
import { Done } from '../scalar.js';
import {
  Workspace,
  WorkspaceDetail,
  WorkspaceMember,
  WorkspaceName,
  WorkspaceRole,
  workspaceRpc,
} from '../workspace.contract.js';
import { listOf, ofId, ofMember, paging } from './query.js';
import { route } from './route.js';

export const WorkspaceBody = z.strictObject({ name: WorkspaceName }).meta({ id: 'WorkspaceBody' });
export const SetWorkspaceRole = z.strictObject({ role: WorkspaceRole }).meta({ id: 'SetWorkspaceRole' });

/** Workspaces and who belongs to them. */
export const workspacesApi = {
  list: route({
    method: 'GET',
    path: '/api/workspaces',
    summary: 'List the workspaces of the caller',
    auth: 'user',
    limit: 'request',
    status: 200,
    reply: workspaceRpc.list.reply,
  }),
  create: route({
    method: 'POST',
    path: '/api/workspaces',
    summary: 'Create a workspace; the caller owns it',
    auth: 'user',
    limit: 'request',
    body: WorkspaceBody,
    status: 201,
    reply: Workspace,
  }),
  get: route({
    method: 'GET',
    path: '/api/workspaces/{id}',
    summary: 'Read a workspace with its figures',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: WorkspaceDetail,
  }),
  update: route({
    method: 'PUT',
    path: '/api/workspaces/{id}',
    summary: 'Rename a workspace',
    auth: 'user',
    limit: 'request',
    params: ofId,
    body: WorkspaceBody,
    status: 200,
    reply: Workspace,
    errors: ['FORBIDDEN'],
  }),
  delete: route({
    method: 'DELETE',
    path: '/api/workspaces/{id}',
    summary: 'Delete a workspace with all its chats',
    auth: 'user',
    limit: 'request',
    params: ofId,
    status: 200,
    reply: Done,
    errors: ['FORBIDDEN'],
  }),
  listMembers: route({
    method: 'GET',
    path: '/api/workspaces/{id}/members',
    summary: 'List who belongs to a workspace',
    auth: 'user',
    limit: 'request',
    params: ofId,
    query: z.strictObject(paging(100, 1000)),
    status: 200,
    reply: listOf('members', WorkspaceMember),
  }),
  setRole: route({
    method: 'PUT',
    path: '/api/workspaces/{id}/members/{user_id}',
    summary: 'Change the role of a member',
    auth: 'user',
    limit: 'request',
    params: ofMember,
    body: SetWorkspaceRole,
    status: 200,
    reply: WorkspaceMember,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
  removeMember: route({
    method: 'DELETE',
    path: '/api/workspaces/{id}/members/{user_id}',
    summary: 'Remove a member, or leave with the own id',
    auth: 'user',
    limit: 'request',
    params: ofMember,
    status: 200,
    reply: Done,
    errors: ['FORBIDDEN', 'CONFLICT'],
  }),
} as const;
