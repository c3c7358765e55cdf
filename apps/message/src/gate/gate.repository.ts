import { Injectable } from '@nestjs/common';
import { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import { presentMember } from '../inbox/present-member.sql.js';

/** Who wants to read which chat. */
export interface Question {
  readonly userId: number;
  readonly chatId: number;
}

const lastSeqs = sql(
  'message.gate_last_seqs',
  `SELECT q.place, present.last_seq FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY q(user_id, chat_id, place)
   CROSS JOIN LATERAL (
     SELECT h.last_seq FROM ${presentMember.replaceAll('$1', 'q.user_id')} WHERE h.chat_id = q.chat_id OFFSET 0
   ) present`,
);

/** Whether users are present in chats, and where the logs of these end. */
@Injectable()
export class GateRepository {
  constructor(private readonly database: Database) {}

  /** All from one snapshot: the end of the log for each question, undefined where the user is not present. */
  async lastSeqs(questions: readonly Question[]): Promise<(number | undefined)[]> {
    const rows = await this.database.query<{ place: number; last_seq: number }>(lastSeqs, [
      questions.map(({ userId }) => userId),
      questions.map(({ chatId }) => chatId),
    ]);
    const answers = new Map(rows.map(({ place, last_seq }) => [place, last_seq]));
    return questions.map((_, index) => answers.get(index + 1));
  }
}
