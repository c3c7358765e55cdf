import type { LoggedChat } from '#contracts/access.contract.js';
import type { Chat } from '#contracts/chat.contract.js';
import type { ChatEntity } from './chat.entity.js';

/** A chat as every statement of this service selects it. */
export type ChatRow = Omit<ChatEntity, 'name_key' | 'direct_key'>;

const columns = [
  'id',
  'workspace_id',
  'type',
  'name',
  'description',
  'is_private',
  'is_archived',
  'is_general',
  'member_count',
  'access_version',
  'created_by',
  'created_at',
  'updated_at',
  'deleted_at',
];

/** The columns of a ChatRow for a SELECT over `alias`. */
export function chatColumns(alias: string): string {
  return columns.map((column) => `${alias}.${column}`).join(', ');
}

/** A name as it compares: channels whose names differ only in case are one channel. */
export function nameKey(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

export function toChat(row: ChatRow): Chat {
  const { id, workspace_id, name, type, description, is_private, is_archived, member_count, created_by } = row;
  return {
    id,
    workspace_id,
    name,
    type,
    description,
    is_private,
    is_archived,
    member_count,
    created_by,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

/** What of a chat is written into its log. */
export function toLoggedChat(row: ChatRow): LoggedChat {
  const { id, workspace_id, name, type, description, is_private, is_archived } = row;
  return { id, workspace_id, name, type, description, is_private, is_archived };
}
