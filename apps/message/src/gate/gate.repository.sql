-- Written by `npm run queries`, so that a review sees what reaches the database.

-- message.gate_last_seqs
SELECT q.place, present.last_seq FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY q(user_id, chat_id, place)
CROSS JOIN LATERAL (
  SELECT h.last_seq FROM message.chat_heads h
  JOIN message.chat_access a ON a.chat_id = h.chat_id AND a.user_id = q.user_id AND a.left_seq IS NULL AND NOT h.is_deleted
  AND NOT EXISTS (SELECT FROM message.workspace_denials d WHERE d.workspace_id = h.workspace_id AND d.user_id = q.user_id) WHERE h.chat_id = q.chat_id OFFSET 0
) present;
