import type { DatabaseFunction } from '#database/functions.js';
import type { StatementFile } from './statement-files.js';

/** Text of each `.sql` file by its path from the root of the repository. */
export type SqlFiles = ReadonlyMap<string, string>;

/** The SQL of each module, in a file beside it. */
export function statementSql(files: readonly StatementFile[]): SqlFiles {
  return new Map(
    files.map(({ path, statements }) => {
      const parts = statements.map(({ name, text }) => `-- ${name}\n${layOut(text)};\n`);
      return [`${path}.sql`, [heading, ...parts].join('\n')];
    }),
  );
}

/** Each function, in a file beside the module that calls it. */
export function functionSql(functions: readonly DatabaseFunction[], files: readonly StatementFile[]): SqlFiles {
  return new Map(
    functions.map(({ schema, name, definition }) => {
      const called = `${schema}.${name}(`;
      const caller = files.find(({ statements }) => statements.some(({ text }) => text.includes(called)));
      const folder = caller?.path.replace(/\/[^/]*$/, '') ?? `apps/${schema}/src`;
      return [`${folder}/${name}.sql`, `${heading}\n${definition.trimEnd()};\n`];
    }),
  );
}

const heading = '-- Written by `npm run queries`, so that a review sees what reaches the database.\n';

/** Each line as deep as the parentheses around it: fragments come with the indentation of where they were written. */
function layOut(text: string): string {
  let depth = 0;
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return lines
    .map((line) => {
      const closing = /^\)*/.exec(line)![0].length;
      const laidOut = '  '.repeat(Math.max(0, depth - closing)) + line;
      for (const character of line.replace(/'[^']*'/g, ''))
        depth += Number(character === '(') - Number(character === ')');
      return laidOut;
    })
    .join('\n');
}
