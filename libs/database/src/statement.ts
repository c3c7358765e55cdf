/** A named prepared statement: parsed and planned once per connection. Names are unique in the whole project. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

const declared = new Map<string, Statement>();

/**
 * Declares a named prepared statement, for example `sql('message.get', 'SELECT … WHERE id = $1')`.
 * Throws when another statement has this name: PostgreSQL would run whichever a connection met first.
 */
export function sql(name: string, text: string): Statement {
  const known = declared.get(name);
  if (known !== undefined && known.text !== text) throw new Error(`Two statements are called ${name}`);
  const statement = known ?? { name, text };
  declared.set(name, statement);
  return statement;
}

/** Every statement of the modules that are loaded, by name. */
export function declaredStatements(): Statement[] {
  return [...declared.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
