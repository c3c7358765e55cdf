import type { Database } from '#database/database.js';
import { sql } from '#database/statement.js';
import type { Installation } from './installation.js';

const outbox = sql('spec.outbox', 'SELECT chat_id, max(version) AS version FROM chat.access_outbox GROUP BY chat_id');
const heads = sql('spec.heads', 'SELECT chat_id, access_version FROM message.chat_heads WHERE chat_id = ANY($1)');
const removal = sql(
  'spec.removal',
  'SELECT removal FROM chat.workspace_users WHERE workspace_id = $1 AND user_id = $2',
);
const denial = sql('spec.denial', 'SELECT FROM message.workspace_denials WHERE workspace_id = $1 AND user_id = $2');

/** What the databases of an installation tell of changes that chat hands over to message. */
export class HandOvers {
  private constructor(
    private readonly chat: Database,
    private readonly message: Database,
  ) {}

  static async of(installation: Installation): Promise<HandOvers> {
    return new HandOvers(await installation.database('chat'), await installation.database('message'));
  }

  /** For each chat with open hand-overs: whether message has applied all of them. */
  async open(): Promise<boolean[]> {
    const open = await this.chat.query<{ chat_id: number; version: number }>(outbox, []);
    const ids = open.map(({ chat_id }) => chat_id);
    const known = await this.message.query<{ chat_id: number; access_version: number }>(heads, [ids]);
    const applied = new Map(known.map(({ chat_id, access_version }) => [chat_id, access_version]));
    return open.map(({ chat_id, version }) => (applied.get(chat_id) ?? 0) >= version);
  }

  /** How far the removal of somebody from a workspace has got, and whether message denies them. */
  async removalOf(
    workspaceId: number,
    userId: number,
  ): Promise<{ step: string | null | undefined; isDenied: boolean }> {
    const about = [workspaceId, userId];
    const [row] = await this.chat.query<{ removal: string | null }>(removal, about);
    return { step: row?.removal, isDenied: (await this.message.query(denial, about)).length > 0 };
  }
}
