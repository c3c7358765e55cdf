-- Written by `npm run queries`, so that a review sees what reaches the database.

-- auth.ticket.create
INSERT INTO auth.tickets (ticket_hash, session_id, access_expires_at, expires_at)
SELECT $1, id, to_timestamp($4::double precision), clock_timestamp() + make_interval(secs => 30)
FROM auth.sessions WHERE id = $3 AND user_id = $2 AND expires_at > clock_timestamp()
RETURNING expires_at;

-- auth.ticket.redeem
DELETE FROM auth.tickets t USING auth.sessions s
WHERE t.ticket_hash = $1 AND t.expires_at > clock_timestamp() AND t.access_expires_at > clock_timestamp()
AND s.id = t.session_id AND s.expires_at > clock_timestamp()
RETURNING s.user_id, s.id AS session_id, t.access_expires_at;
