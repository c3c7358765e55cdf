import pg from 'pg';

/** A function of a service's schema as PostgreSQL has it. */
export interface DatabaseFunction {
  readonly schema: string;
  readonly name: string;
  readonly definition: string;
}

/** The functions that the migrations of these schemas have made, by schema and name. */
export async function readFunctions(ownerUrl: string, schemas: readonly string[]): Promise<DatabaseFunction[]> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const { rows } = await client.query<DatabaseFunction>(
      `SELECT n.nspname AS schema, p.proname AS name, pg_get_functiondef(p.oid) AS definition
       FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE n.nspname = ANY($1::text[]) AND p.prokind IN ('f', 'p') ORDER BY 1, 2`,
      [schemas],
    );
    return rows;
  } finally {
    await client.end();
  }
}
