import { describe, expect, it } from '@jest/globals';
import { WorkspaceRole } from '#contracts/workspace.contract.js';
import { ChatRole } from '#contracts/chat.contract.js';
import {
  actingRole,
  mayChangeChatRole,
  mayChangeWorkspaceRole,
  mayInChat,
  mayInWorkspace,
  seesChat,
  type ChatTraits,
  type WorkspaceAction,
} from './permission.js';

const publicChannel: ChatTraits = { type: 'channel', is_private: false };
const privateChannel: ChatTraits = { type: 'channel', is_private: true };
const group: ChatTraits = { type: 'group', is_private: true };
const direct: ChatTraits = { type: 'direct', is_private: true };

const roles = WorkspaceRole.options;
const allowed = (action: WorkspaceAction) => roles.filter((role) => mayInWorkspace(role, action));

describe('in a workspace', () => {
  it('only owners delete and import', () => {
    expect(allowed('delete')).toEqual(['owner']);
    expect(allowed('import')).toEqual(['owner']);
  });

  it('owners and admins rename, invite and manage members', () => {
    for (const action of ['rename', 'invite', 'manage_members'] as const) {
      expect(allowed(action)).toEqual(['owner', 'admin']);
    }
  });

  it('guests neither browse nor create chats, nor add people to them', () => {
    for (const action of ['browse', 'create_chat', 'add_to_chats'] as const) {
      expect(allowed(action)).toEqual(['owner', 'admin', 'member']);
    }
  });

  it('admins neither touch nor make owners', () => {
    expect(mayChangeWorkspaceRole('admin', 'member', 'admin')).toBe(true);
    expect(mayChangeWorkspaceRole('admin', 'admin', null)).toBe(true);
    expect(mayChangeWorkspaceRole('admin', 'owner', 'member')).toBe(false);
    expect(mayChangeWorkspaceRole('admin', 'owner', null)).toBe(false);
    expect(mayChangeWorkspaceRole('admin', 'member', 'owner')).toBe(false);
    expect(mayChangeWorkspaceRole('owner', 'owner', 'member')).toBe(true);
    expect(mayChangeWorkspaceRole('member', 'guest', 'member')).toBe(false);
  });
});

describe('a chat', () => {
  const sees = (chat: ChatTraits, workspace_role: WorkspaceRole | null, chat_role: ChatRole | null = null) =>
    seesChat({ workspace_role, chat_role }, chat);

  it('is seen by its members as long as they are in the workspace', () => {
    for (const chat of [publicChannel, privateChannel, group, direct]) {
      expect(roles.every((role) => sees(chat, role, 'member'))).toBe(true);
      expect(sees(chat, null, 'member')).toBe(false);
    }
  });

  it('is seen by others only when it is a public channel, and never by guests', () => {
    expect(roles.filter((role) => sees(publicChannel, role))).toEqual(['owner', 'admin', 'member']);
    for (const chat of [privateChannel, group, direct]) expect(roles.filter((role) => sees(chat, role))).toEqual([]);
  });

  it('that is a channel is run by owners and admins of the workspace, once they see it', () => {
    expect(actingRole({ workspace_role: 'admin', chat_role: null }, publicChannel)).toBe('owner');
    expect(actingRole({ workspace_role: 'owner', chat_role: 'member' }, privateChannel)).toBe('owner');
    expect(actingRole({ workspace_role: 'owner', chat_role: null }, privateChannel)).toBeNull();
    expect(actingRole({ workspace_role: 'owner', chat_role: 'member' }, group)).toBe('member');
    expect(actingRole({ workspace_role: 'member', chat_role: null }, publicChannel)).toBeNull();
  });

  it('lets its admins configure it, groups let every member rename and add', () => {
    expect(ChatRole.options.filter((role) => mayInChat(role, publicChannel, 'configure'))).toEqual(['owner', 'admin']);
    expect(ChatRole.options.filter((role) => mayInChat(role, publicChannel, 'delete'))).toEqual(['owner']);
    expect(mayInChat('member', group, 'rename')).toBe(true);
    expect(mayInChat('member', group, 'configure')).toBe(false);
    expect(mayInChat('member', publicChannel, 'rename')).toBe(false);
  });

  it('takes members from any member, save a private channel, where its admins add them', () => {
    expect(mayInChat('member', publicChannel, 'add_members')).toBe(true);
    expect(mayInChat('member', group, 'add_members')).toBe(true);
    expect(mayInChat('member', privateChannel, 'add_members')).toBe(false);
    expect(mayInChat('admin', privateChannel, 'add_members')).toBe(true);
    expect(mayInChat(null, publicChannel, 'add_members')).toBe(false);
  });

  it('between people can neither be changed, left nor deleted when it is direct', () => {
    for (const action of ['rename', 'configure', 'delete', 'leave', 'add_members', 'manage_members'] as const) {
      expect(mayInChat('owner', direct, action)).toBe(false);
    }
  });

  it('has owners whom its admins cannot touch', () => {
    expect(mayChangeChatRole('admin', 'member', 'admin')).toBe(true);
    expect(mayChangeChatRole('admin', 'owner', null)).toBe(false);
    expect(mayChangeChatRole('admin', 'member', 'owner')).toBe(false);
    expect(mayChangeChatRole('owner', 'owner', null)).toBe(true);
    expect(mayChangeChatRole('member', 'member', null)).toBe(false);
    expect(mayChangeChatRole(null, 'member', null)).toBe(false);
  });
});
