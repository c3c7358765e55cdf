import pg from 'pg';
import { extensionSchema, similaritySetting } from './name-search.js';
import { sessionTimeouts } from './session-timeouts.js';

/** The role that owns every schema and runs migrations; services never sign in as it. */
const ownerRole = 'fechatter_owner';

/**
 * One plan for all values of a prepared statement: the one that the plan tests hold to its bounds. Nothing is planned
 * again for the first values that a connection meets, and the log of slow statements quotes no values.
 */
const planning = 'plan_cache_mode = force_generic_plan';

/** What connections ask for themselves, for those that come through PgBouncer and cannot. */
const timeouts = Object.entries(sessionTimeouts).map(([name, ms]) => `${name} = '${ms / 1_000}s'`);

/** Where the library is loaded and the role may: what costs most is then counted (`npm run db:advise`). */
const countStatements = `DO $$ BEGIN
  IF current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%' THEN
    CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
  END IF;
EXCEPTION WHEN insufficient_privilege THEN NULL;
END $$`;

export interface Preparation {
  /** Signs in as a role that may create roles and databases. */
  readonly adminUrl: string;
  /** Name of the database that is made when missing. */
  readonly database: string;
  readonly services: readonly string[];
  /** Password by role name; a role that has one already gets this one. */
  readonly passwordOf: (role: string) => string;
}

export interface PreparedDatabase {
  readonly ownerUrl: string;
  urlOf(service: string): string;
}

/** The role that a service signs in as. */
export function roleOf(service: string): string {
  return `fechatter_${service}`;
}

/**
 * Makes the database, one schema and one role for each service, and the owner of all. Repeating it changes nothing but
 * the passwords. A service may read and write the rows of its own schema, and nothing else.
 */
export async function prepareDatabase(preparation: Preparation): Promise<PreparedDatabase> {
  const { adminUrl, database, services, passwordOf } = preparation;
  const urlFor = (role: string) => {
    const url = new URL(adminUrl);
    url.username = role;
    url.password = passwordOf(role);
    url.pathname = `/${database}`;
    return url.href;
  };
  await using(adminUrl, async (admin) => {
    for (const role of [ownerRole, ...services.map(roleOf)]) await ensureRole(admin, role, passwordOf(role));
    await admin.query(`GRANT ${ownerRole} TO CURRENT_USER`);
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (rowCount === 0) await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(database)} OWNER ${ownerRole}`);
  });
  const inside = new URL(adminUrl);
  inside.pathname = `/${database}`;
  await using(inside.href, async (admin) => {
    await admin.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    await admin.query(countStatements);
    await ensureTrigrams(admin);
    for (const service of services) await ensureSchema(admin, service);
    for (const role of services.map(roleOf))
      for (const setting of [planning, similaritySetting, ...timeouts])
        await admin.query(`ALTER ROLE ${pg.escapeIdentifier(role)} SET ${setting}`);
  });
  return { ownerUrl: urlFor(ownerRole), urlOf: (service) => urlFor(roleOf(service)) };
}

async function ensureRole(admin: pg.Client, role: string, password: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await admin.query(`${verb} ROLE ${pg.escapeIdentifier(role)} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
}

/** Trigrams for the search of names. Where they are there already they are moved to where the services look for them. */
async function ensureTrigrams(admin: pg.Client): Promise<void> {
  await admin.query(`
    CREATE SCHEMA IF NOT EXISTS ${extensionSchema} AUTHORIZATION ${ownerRole};
    GRANT USAGE ON SCHEMA ${extensionSchema} TO PUBLIC;
  `);
  const { rows } = await admin.query<{ schema: string }>(
    `SELECT extnamespace::regnamespace::text AS schema FROM pg_extension WHERE extname = 'pg_trgm'`,
  );
  if (rows[0]?.schema !== extensionSchema) {
    const statement =
      rows.length === 0
        ? `CREATE EXTENSION pg_trgm SCHEMA ${extensionSchema}`
        : `ALTER EXTENSION pg_trgm SET SCHEMA ${extensionSchema}`;
    await admin.query(statement).catch((cause: unknown) => {
      const remedy = `See that PostgreSQL's contrib modules are installed, or run as a superuser there: ${statement}`;
      throw new Error(`the extension pg_trgm cannot be made (${(cause as Error).message}). ${remedy}`, { cause });
    });
  }
  // Loads the library: only a superuser may give roles a setting of one that is not loaded.
  await admin.query(`SELECT ${extensionSchema}.show_limit()`);
}

async function ensureSchema(admin: pg.Client, service: string): Promise<void> {
  const schema = pg.escapeIdentifier(service);
  const role = pg.escapeIdentifier(roleOf(service));
  const defaults = `ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} IN SCHEMA ${schema}`;
  await admin.query(`
    CREATE SCHEMA IF NOT EXISTS ${schema} AUTHORIZATION ${ownerRole};
    GRANT USAGE ON SCHEMA ${schema} TO ${role};
    ${defaults} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role};
    ${defaults} GRANT USAGE, SELECT ON SEQUENCES TO ${role};
  `);
}

async function using(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
