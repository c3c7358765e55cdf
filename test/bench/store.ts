import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { createDataSource, defaultPool, type ServiceDataSource } from '#database/data-source.js';
import { Database } from '#database/database.js';
import { migrate } from '#database/migrate.js';
import { prepareDatabase } from '#database/prepare.js';
import { startPostgres } from '#servers/postgres.js';
import { messageDataSource } from '../../apps/message/src/message.data-source.js';
import { dataFolder } from './subject.js';

/** A service's part of a PostgreSQL of its own, without a server in front of it. */
export interface Store {
  /** As the superuser. */
  readonly url: string;
  /** As the service. */
  readonly serviceUrl: string;
  readonly admin: pg.Client;
  /** As the service, with its pool. */
  readonly database: Database;
}

/** Does the work with an empty store, of the message service unless it is said otherwise, durable as in production, and removes it whatever happens. */
export async function withStore<Result>(
  work: (store: Store) => Promise<Result>,
  service: ServiceDataSource = messageDataSource,
): Promise<Result> {
  const folder = dataFolder('store');
  mkdirSync(folder, { recursive: true });
  const server = await startPostgres({ dataDir: join(folder, 'postgres') });
  try {
    const password = randomBytes(16).toString('hex');
    const prepared = await prepareDatabase({
      adminUrl: server.adminUrl,
      database: 'fechatter',
      services: [service.schema],
      passwordOf: () => password,
    });
    await migrate(prepared.ownerUrl, [service]);
    const url = server.adminUrl.replace(/\/postgres$/, '/fechatter');
    const admin = new pg.Client({ connectionString: url });
    await admin.connect();
    const serviceUrl = prepared.urlOf(service.schema);
    const dataSource = createDataSource(serviceUrl, service, defaultPool);
    const database = new Database(await dataSource.initialize());
    try {
      return await work({ url, serviceUrl, admin, database });
    } finally {
      await database.close();
      await admin.end();
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes chats 1 to `count`, with user 1 as their member. */
export async function makeChats(admin: pg.Client, count: number): Promise<void> {
  await admin.query(
    `INSERT INTO message.chat_heads (chat_id, workspace_id, access_version, last_seq, message_count, last_activity_at)
     SELECT chat_id, 1, 1, 0, 0, now() FROM generate_series(1, $1::integer) chat_id`,
    [count],
  );
  await admin.query(
    `INSERT INTO message.chat_access (chat_id, user_id, role, joined_seq)
     SELECT chat_id, 1, 'owner', 0 FROM generate_series(1, $1::integer) chat_id`,
    [count],
  );
}
