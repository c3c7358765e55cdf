import { examples } from '#database/example.js';
import { nameParams } from '#database/name-search.js';

/** Of the busiest workspace, its largest chat, and the member of both who is in most chats. */
interface Facts {
  readonly workspace: number;
  readonly chat: number;
  readonly user: number;
  readonly guest: number;
  readonly chats: number[];
  readonly people: number[];
  readonly names: string[];
  readonly direct: string;
  readonly code: string;
}

const facts = `
  SELECT w.id AS workspace, c.id AS chat, u.user_id AS user, coalesce(g.user_id, u.user_id) AS guest,
    ARRAY(SELECT chat_id FROM chat.chat_members WHERE user_id = u.user_id AND left_at IS NULL ORDER BY 1 LIMIT 500) AS chats,
    ARRAY(SELECT user_id FROM chat.workspace_users WHERE workspace_id = w.id AND deleted_at IS NULL ORDER BY 1 LIMIT 100) AS people,
    ARRAY(SELECT name_key FROM chat.chats WHERE workspace_id = w.id AND type = 'channel' ORDER BY id LIMIT 20) AS names,
    coalesce((SELECT direct_key FROM chat.chats WHERE workspace_id = w.id AND type = 'direct' LIMIT 1), '') AS direct,
    coalesce((SELECT code FROM chat.invites WHERE workspace_id = w.id LIMIT 1), '') AS code
  FROM (
    SELECT workspace_id AS id FROM chat.workspace_users WHERE deleted_at IS NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
  ) w
  CROSS JOIN LATERAL (
    SELECT id FROM chat.chats WHERE workspace_id = w.id AND deleted_at IS NULL ORDER BY member_count DESC, id LIMIT 1
  ) c
  CROSS JOIN LATERAL (
    SELECT user_id FROM chat.chat_members m WHERE chat_id = c.id AND left_at IS NULL ORDER BY (
      SELECT count(*) FROM chat.chat_members o WHERE o.user_id = m.user_id AND o.left_at IS NULL
    ) DESC, 1 LIMIT 1
  ) u
  LEFT JOIN LATERAL (
    SELECT user_id FROM chat.workspace_users WHERE workspace_id = w.id AND role = 'guest' AND deleted_at IS NULL LIMIT 1
  ) g ON true`;

const nobody = 900_001;
const inAnHour = () => new Date(Date.now() + 3_600_000);

export const chatExamples = examples<Facts>(facts, {
  'chat.admission.admit': { params: (f) => [f.workspace, nobody, 'member'], buffers: 25 },
  'chat.admission.find': { params: (f) => [f.workspace, f.user], buffers: 10 },
  'chat.admission.hold_workspace': { params: (f) => [f.workspace], buffers: 15 },
  'chat.browse': { params: (f) => [f.workspace, f.user, '', 0, 51], buffers: 380, bounds: { sorted: 5_000 } },
  'chat.channels_named': { params: (f) => [f.workspace, f.user, f.names], buffers: 200 },
  'chat.creation.hold_workspace': { params: (f) => [f.workspace, f.user, 1_000], buffers: 30 },
  'chat.deletion.closed': { params: (f) => [f.workspace], buffers: 15 },
  'chat.deletion.deleted_by': { params: (f) => [f.workspace], buffers: 10 },
  'chat.deletion.lock': { params: (f) => [f.workspace], buffers: 10 },
  'chat.deletion.mark': { params: (f) => [f.workspace, f.user], buffers: 15 },
  'chat.deletion.unfinished': { params: () => [10], buffers: 10 },
  'chat.direct_of': { params: (f) => [f.workspace, f.direct], buffers: 10 },
  'chat.find': { params: (f) => [f.user, f.chat], buffers: 20 },
  'chat.find_many': { params: (f) => [f.user, f.chats], buffers: 6_100 },
  'chat.general_of': { params: (f) => [f.workspace], buffers: 10 },
  'chat.insert': {
    params: (f) => [f.workspace, 'channel', 'An example', 'an example', '', false, false, f.user, 1, null],
    buffers: 70,
  },
  'chat.invite.count_open': { params: (f) => [f.workspace], buffers: 15 },
  'chat.invite.delete': { params: (f) => [f.workspace, f.code], buffers: 10 },
  'chat.invite.delete_expired': { params: (f) => [f.workspace], buffers: 10 },
  'chat.invite.find_open': { params: (f) => [f.code], buffers: 15 },
  'chat.invite.insert': {
    params: (f) => ['example', f.workspace, null, 'member', f.user, new Date(), inAnHour()],
    buffers: 15,
  },
  'chat.invite.list_open': { params: (f) => [f.workspace, 100], buffers: 20 },
  'chat.live_of': { params: (f) => [f.workspace, 100], buffers: 10 },
  'chat.lock': { params: (f) => [f.chat], buffers: 10 },
  'chat.mark_deleted': { params: (f) => [f.chat], buffers: 15 },
  'chat.member.add': { params: (f) => [f.chat, [nobody, nobody + 1], ['member', 'member']], buffers: 40 },
  'chat.member.heir': {
    params: (f) => [f.chat],
    buffers: 25,
    bounds: { sorted: 1_000 },
    cold: 'when an owner is removed',
  },
  'chat.member.leave': { params: (f) => [f.chat, f.user], buffers: 20 },
  'chat.member.list': {
    params: (f) => [f.chat, 0, 101],
    deep: (f) => [f.chat, f.people.at(-1), 101],
    buffers: 15,
    index: ['chat_members_pkey'],
    bounds: { sorted: 0 },
  },
  'chat.member.other_owners': { params: (f) => [f.chat, f.user], buffers: 25 },
  'chat.member.present': { params: (f) => [f.chat, f.people], buffers: 45 },
  'chat.member.set_role': { params: (f) => [f.chat, f.user, 'admin'], buffers: 25 },
  'chat.member.was_member': { params: (f) => [f.chat, f.user], buffers: 15 },
  'chat.memberships_of': { params: (f) => [f.workspace, f.user, 100], buffers: 15 },
  'chat.outbox.append': { params: (f) => [f.chat, 900_000, f.workspace, f.user, '{}'], buffers: 40 },
  'chat.outbox.discard': { params: (f) => [f.chat, 1], buffers: 10 },
  'chat.outbox.open_among': { params: (f) => [f.chats], buffers: 10 },
  'chat.outbox.open_of': { params: (f) => [f.chat], buffers: 10 },
  'chat.outbox.open_of_user': { params: (f) => [f.workspace, f.user], buffers: 840 },
  'chat.outbox.open_since': { params: () => [0, 5, 100], buffers: 10 },
  'chat.raise_version': { params: (f) => [f.chat, 1, 1], buffers: 60 },
  'chat.removal.find': { params: (f) => [f.workspace, f.user], buffers: 10 },
  'chat.removal.leaving': { params: (f) => [f.workspace, f.user], buffers: 10 },
  'chat.removal.mark': { params: (f) => [f.workspace, f.user, f.user], buffers: 20 },
  'chat.removal.set_step': { params: (f) => [f.workspace, f.user, null], buffers: 25 },
  'chat.removal.unfinished': { params: () => [10], buffers: 10 },
  'chat.search': {
    params: (f) => [...nameParams('chat 1'), f.user, null, 20, 1_000],
    buffers: 1_600,
    bounds: { sorted: 1_000 },
  },
  'chat.standing': { params: (f) => [f.workspace, f.chat, f.user], buffers: 20 },
  'chat.update': { params: (f) => [f.chat, 'A name', 'a name', '', false, false], buffers: 50 },
  'chat.workspace.counts': {
    params: (f) => [f.workspace],
    buffers: 150,
    cold: 'figures of a workspace, for its admins',
  },
  'chat.workspace.find': { params: (f) => [f.user, f.workspace], buffers: 15 },
  'chat.workspace.insert': { params: () => [nobody, 'An example', nobody], buffers: 50 },
  'chat.workspace.list': { params: (f) => [f.user, 100], buffers: 100 },
  'chat.workspace.lock': { params: (f) => [f.workspace], buffers: 10 },
  'chat.workspace.personal_of': { params: (f) => [f.user], buffers: 10 },
  'chat.workspace.rename': { params: (f) => [f.workspace, 'A name'], buffers: 25 },
  'chat.workspace_user.list': {
    params: (f) => [f.workspace, f.user, 0, false, 101],
    deep: (f) => [f.workspace, f.user, f.people.at(-1), false, 101],
    buffers: 10,
    index: ['idx_workspace_users_active'],
    bounds: { sorted: 0 },
  },
  'chat.workspace_user.lock': { params: (f) => [f.workspace, f.user], buffers: 15 },
  'chat.workspace_user.other_owners': { params: (f) => [f.workspace, f.user], buffers: 10 },
  'chat.workspace_user.role': { params: (f) => [f.workspace, f.user], buffers: 15 },
  'chat.workspace_user.role_now': { params: (f) => [f.workspace, f.user], buffers: 10 },
  'chat.workspace_user.set_role': { params: (f) => [f.workspace, f.user, 'member'], buffers: 20 },
  'chat.workspace_user.share': { params: (f) => [f.workspace, f.people], buffers: 170 },
  'chat.workspace_user.visible_among': { params: (f) => [f.guest, f.workspace, f.people], buffers: 470 },
  'chat.workspace_user.visible_up_to': {
    params: (f) => [f.user, null, 1_001],
    buffers: 140,
    bounds: { sorted: 1_100 },
  },
});
