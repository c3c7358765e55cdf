import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from } from 'pg-copy-streams';
import { messageText } from '../load/message-text.js';

const copy = `COPY message.messages (chat_id, seq, id, ordinal, version, sender_id, created_at, content) FROM STDIN`;
const rowsPerChunk = 1_000;
const variety = 10_000;

/**
 * Gives a chat `count` more messages of one sender, a second apart until now, and brings everything that counts them
 * up to date. Answers the chat's last seq. `onProgress` hears how many are loaded.
 */
export async function copyHistory(
  admin: pg.Client,
  chatId: number,
  senderId: number,
  count: number,
  onProgress: (done: number) => void,
): Promise<number> {
  const head = await admin.query<{ last_seq: string; message_count: string; id: string }>(
    `SELECT last_seq, message_count, nextval('message.messages_id_seq') AS id FROM message.chat_heads WHERE chat_id = $1`,
    [chatId],
  );
  const { last_seq, message_count, id } = head.rows[0]!;
  const [firstSeq, firstOrdinal, firstId] = [Number(last_seq) + 1, Number(message_count) + 1, Number(id)];
  const endMs = Date.now() - 60_000;
  const texts = Array.from({ length: variety }, (_, number) => escaped(messageText(number)));

  function* chunks(): Generator<string> {
    for (let done = 0; done < count; done += rowsPerChunk) {
      let chunk = '';
      for (let row = done; row < Math.min(count, done + rowsPerChunk); row++) {
        const seq = firstSeq + row;
        const at = new Date(endMs - (count - row) * 1_000).toISOString();
        chunk += `${chatId}\t${seq}\t${firstId + row}\t${firstOrdinal + row}\t${seq}\t${senderId}\t${at}\t${texts[row % variety]}\n`;
      }
      if (done % 100_000 === 0) onProgress(done);
      yield chunk;
    }
  }
  await pipeline(Readable.from(chunks(), { highWaterMark: 4 }), admin.query(from(copy)));

  await admin.query(
    `UPDATE message.chat_heads SET last_seq = last_seq + $2, message_count = message_count + $2, last_created_at = $3,
       last_activity_at = $3 WHERE chat_id = $1`,
    [chatId, count, new Date(endMs)],
  );
  await admin.query(`SELECT setval('message.messages_id_seq', $1)`, [firstId + count]);
  // The search service would otherwise begin to index all of it while something is measured.
  await admin.query(
    `INSERT INTO search.positions (generation, chat_id, seq) SELECT id, $1, $2 FROM search.generations
     ON CONFLICT (generation, chat_id) DO UPDATE SET seq = excluded.seq`,
    [chatId, firstSeq + count - 1],
  );
  await admin.query('VACUUM (ANALYZE) message.messages');
  await admin.query('CHECKPOINT');
  return firstSeq + count - 1;
}

/** As COPY reads it. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r');
}
