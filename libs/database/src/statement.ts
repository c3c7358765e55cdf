/** A named prepared statement: parsed and planned once per connection. Names are unique in the whole project. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Declares a named prepared statement, for example `sql('message.get', 'SELECT … WHERE id = $1')`. */
export function sql(name: string, text: string): Statement {
  return { name, text };
}
