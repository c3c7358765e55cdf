import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { declaredStatements, type Statement } from '#database/statement.js';

/** A module with its statements, by name. */
export interface StatementFile {
  /** From the root of the repository, without extension: `apps/message/src/page/page.repository`. */
  readonly path: string;
  readonly statements: readonly Statement[];
}

/** The repository, or `dist` when this runs built. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * Loads every module of apps and libs that declares statements. A statement belongs to the module that spells its name.
 * Throws for a name that no module spells, or more than one.
 */
export async function loadStatements(): Promise<StatementFile[]> {
  const modules = ['apps', 'libs'].flatMap((folder) => modulesWithStatements(join(root, folder)));
  for (const { file } of modules) await import(pathToFileURL(file).href);
  const home = new Map(declaredStatements().map((statement) => [statement, homeOf(statement, modules)]));
  return modules
    .map(({ file }) => ({
      path: relative(root, file).replace(/\.[jt]s$/, ''),
      statements: declaredStatements().filter((statement) => home.get(statement) === file),
    }))
    .filter(({ statements }) => statements.length > 0)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface Module {
  readonly file: string;
  readonly source: string;
}

function modulesWithStatements(folder: string): Module[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.spec|\.fixture|\.d)\.[jt]s$/.test(name))
    .map((name) => ({ file: join(folder, name), source: readFileSync(join(folder, name), 'utf8') }))
    .filter(({ source }) => /import \{[^}]*\bsql\b[^}]*\} from '[^']*\/statement\.js'/.test(source));
}

function homeOf({ name }: Statement, modules: readonly Module[]): string {
  const [home, ...others] = modules.filter(({ source }) => source.includes(`'${name}'`));
  if (home === undefined) throw new Error(`No module spells the name of the statement '${name}' as a literal`);
  if (others.length > 0) throw new Error(`More than one module spells the name '${name}'`);
  return home.file;
}
