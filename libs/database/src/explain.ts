import pg from 'pg';
import './bigint.js';
import { toLiteral } from './literal.js';
import { similaritySetting } from './name-search.js';
import { toPlan, type Plan, type RawPlan } from './plan.js';
import { sessionTimeouts } from './session-timeouts.js';
import type { Statement } from './statement.js';

export interface Explained {
  readonly plan: Plan;
  /** Of the statements inside the functions and triggers that ran, where the server lets this role see them. */
  readonly inner: readonly { readonly query: string; readonly plan: Plan }[];
}

/** `generic` is how the services run their statements; those of a search get a plan for their values. */
export type PlanMode = 'generic' | 'custom';

const timeoutMs = 60_000;
const options = 'ANALYZE, BUFFERS, FORMAT JSON';

/**
 * Runs statements under EXPLAIN (ANALYZE, BUFFERS), prepared as the services prepare them, each in a transaction that is
 * rolled back.
 */
export class Explainer {
  private notices: string[] = [];

  private constructor(
    private readonly client: pg.Client,
    private readonly seesInner: boolean,
  ) {
    client.on('notice', ({ message }) => this.notices.push(message ?? ''));
  }

  /** Only a superuser can be shown what happens inside functions. */
  static async connect(url: string): Promise<Explainer> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    await client.connect();
    try {
      await client.query(
        `SET statement_timeout = ${timeoutMs}; SET lock_timeout = ${sessionTimeouts.lock_timeout}; SET ${similaritySetting}`,
      );
      const seesInner = await client.query("LOAD 'auto_explain'").then(
        () => true,
        () => false,
      );
      return new Explainer(client, seesInner);
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  /** The first row of a query that only reads. */
  async facts(query: string): Promise<object | undefined> {
    return this.rolledBack(async () => {
      await this.client.query('SET TRANSACTION READ ONLY');
      const { rows } = await this.client.query<object>(query);
      return rows[0];
    });
  }

  async explain(statement: Statement, params: readonly unknown[], mode: PlanMode = 'generic'): Promise<Explained> {
    await this.client.query(`PREPARE explained AS ${statement.text}`);
    try {
      return await this.rolledBack(async () => {
        await this.client.query(`SET LOCAL plan_cache_mode = force_${mode}_plan`);
        const values = params.length === 0 ? '' : `(${params.map(toLiteral).join(', ')})`;
        if (this.seesInner) await this.client.query(watchInner);
        this.notices = [];
        const { rows } = await this.client.query<{ 'QUERY PLAN': RawPlan[] }>(
          `EXPLAIN (${options}) EXECUTE explained${values}`,
        );
        return { plan: toPlan(rows[0]!['QUERY PLAN'][0]!), inner: this.innerPlans() };
      });
    } finally {
      await this.client.query('DEALLOCATE explained');
    }
  }

  async close(): Promise<void> {
    await this.client.end();
  }

  private innerPlans(): Explained['inner'] {
    return this.notices
      .filter((message) => message.startsWith('duration: '))
      .map((message) => JSON.parse(message.slice(message.indexOf('{'))) as RawPlan)
      .filter((raw) => !/^(EXPLAIN|PREPARE) /.test(raw['Query Text'] ?? ''))
      .map((raw) => ({ query: raw['Query Text'] ?? '', plan: toPlan(raw) }));
  }

  private async rolledBack<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.client.query('BEGIN');
    try {
      return await work();
    } finally {
      await this.client.query('ROLLBACK');
    }
  }
}

/** auto_explain tells what runs inside functions, as notices to this connection and not to the server's log. */
const watchInner = `
  SET LOCAL log_min_messages = 'panic';
  SET LOCAL client_min_messages = 'log';
  SET LOCAL auto_explain.log_min_duration = 0;
  SET LOCAL auto_explain.log_nested_statements = on;
  SET LOCAL auto_explain.log_analyze = on;
  SET LOCAL auto_explain.log_buffers = on;
  SET LOCAL auto_explain.log_format = 'json';
  SET LOCAL auto_explain.log_parameter_max_length = 0;`;
