/**
 * FROM clause of every read: the head `h` and the current stay `a` of user `$1`. Yields no row if the user is not a member
 * now or is shut out of the workspace, or if the chat was deleted; the statement adds `h.chat_id = …`.
 */
export const presentMember = `message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = $1 AND a.left_seq IS NULL AND NOT h.is_deleted
   AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = $1)`;

/** `presentMember` with the member's read position `r`. A stay begins with everything read that was there before it. */
export const presentReader = `${presentMember}
  JOIN message.message_status r ON r.user_id = $1 AND r.chat_id = h.chat_id`;

/** Unread messages of the reader: what was sent after the position, less what of it was deleted. */
export const unreadCount = `h.message_count - r.read_count - (
    SELECT count(*) FROM message.messages d
    WHERE d.chat_id = h.chat_id AND d.ordinal > r.read_count AND d.deleted_at IS NOT NULL
  )`;

/** Unread messages that name the reader or everybody; one that does both counts once. Two ranges of an index. */
export const mentionCount = `(SELECT count(*) FROM (
    SELECT ordinal FROM message.mentions WHERE chat_id = h.chat_id AND user_id = $1 AND ordinal > r.read_count
    UNION
    SELECT ordinal FROM message.mentions WHERE chat_id = h.chat_id AND user_id IS NULL AND ordinal > r.read_count
  ) n)`;
