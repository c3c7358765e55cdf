import pg from 'pg';
import { messageText } from '../../load/message-text.js';

/** The insert of the performance guide, on a table with the guide's index and nothing else. */
const insert = `INSERT INTO bench.messages (chat_id, sender_id, content, idempotency_key)
  SELECT * FROM UNNEST($1::bigint[], $2::bigint[], $3::text[], $4::text[]) RETURNING *`;

const table = `
  CREATE SCHEMA IF NOT EXISTS bench;
  CREATE TABLE IF NOT EXISTS bench.messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    chat_id bigint NOT NULL,
    sender_id bigint NOT NULL,
    content text NOT NULL,
    idempotency_key text,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    deleted_at timestamptz(3)
  );
  CREATE INDEX IF NOT EXISTS idx_messages_chat_created_desc ON bench.messages (chat_id, created_at DESC)
    WHERE deleted_at IS NULL;`;

/** The floor of everything that is stored or read: bare statements on the PostgreSQL that is measured. */
export class Statements {
  private constructor(private readonly clients: readonly pg.Client[]) {}

  /** `url` of a superuser. */
  static async open(url: string, connections: number): Promise<Statements> {
    const clients = Array.from({ length: connections }, () => new pg.Client({ connectionString: url }));
    for (const client of clients) {
      client.on('error', () => undefined);
      await client.connect();
    }
    await clients[0]?.query(table);
    return new Statements(clients);
  }

  /** Rows a second that the guide's UNNEST insert stores, so many to a commit. */
  async inserted(rowsPerCommit: number, connections: number, seconds: number): Promise<number> {
    const numbers = Array.from({ length: rowsPerCommit }, (_, index) => index);
    const values = [numbers.map(() => 1), numbers.map(() => 1), numbers.map(messageText), numbers.map(() => null)];
    const query = { name: `bench.insert.${rowsPerCommit}`, text: insert, values };
    return (await this.repeat(connections, seconds, (client) => client.query(query))) * rowsPerCommit;
  }

  /** Stores one text in a commit of its own. */
  async insertOne(content: string): Promise<void> {
    await this.clients[0]!.query({ name: 'bench.insert.1', text: insert, values: [[1], [1], [content], [null]] });
  }

  /** Pages a second of the newest 50 messages of a chat. */
  async pages(chatId: number, connections: number, seconds: number): Promise<number> {
    const text = 'SELECT * FROM message.messages WHERE chat_id = $1 ORDER BY seq DESC LIMIT 50';
    const query = { name: 'bench.page', text, values: [chatId] };
    return this.repeat(connections, seconds, (client) => client.query(query));
  }

  async close(): Promise<void> {
    for (const client of this.clients) await client.end();
  }

  private async repeat(
    connections: number,
    seconds: number,
    run: (client: pg.Client) => Promise<unknown>,
  ): Promise<number> {
    let times = 0;
    const started = performance.now();
    const until = started + seconds * 1000;
    const work = async (client: pg.Client) => {
      for (; performance.now() < until; times++) await run(client);
    };
    await Promise.all(this.clients.slice(0, connections).map(work));
    return (times * 1000) / (performance.now() - started);
  }
}

export async function withStatements<Result>(
  url: string,
  connections: number,
  work: (statements: Statements) => Promise<Result>,
): Promise<Result> {
  const statements = await Statements.open(url, connections);
  try {
    return await work(statements);
  } finally {
    await statements.close();
  }
}
