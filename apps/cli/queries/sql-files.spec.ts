import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { statementSql, type SqlFiles } from './sql-files.js';
import { loadStatements } from './statement-files.js';

let files: SqlFiles;

beforeAll(async () => {
  files = statementSql(await loadStatements());
});

it('has the SQL of every repository beside it (npm run queries writes it)', () => {
  expect([...files.keys()]).toContain('apps/message/src/page/page.repository.sql');
  const differing = [...files].filter(([path, text]) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  expect(differing.map(([path]) => path)).toEqual([]);
});

it('has no file of a repository that is gone', () => {
  const paths = ['apps', 'libs'].flatMap((root) =>
    readdirSync(root, { recursive: true, encoding: 'utf8' }).map((name) => `${root}/${name}`),
  );
  const left = paths.filter((path) => path.endsWith('.repository.sql') && !files.has(path));
  expect(left).toEqual([]);
});

it('lays lines out by their parentheses, whatever the source around them looks like', () => {
  const text = "SELECT ':)' FROM (\n        SELECT 1\n   ) a\n      JOIN b";
  const statements = [{ name: 'spec.one', text }];
  const [file] = [...statementSql([{ path: 'a.repository', statements }]).values()];
  expect(file).toMatch(/\n-- spec\.one\nSELECT ':\)' FROM \(\n {2}SELECT 1\n\) a\nJOIN b;\n$/);
});
