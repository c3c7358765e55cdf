import { declaredStatements } from '#database/statement.js';

/** A statement that took long. */
export interface SlowStatement {
  readonly ms: number;
  /** When it is one of those that this process has declared: `npm run db:explain -- NAME` tries it. */
  readonly statement?: string;
  /** The statement and its plan, without the values that it ran with. */
  readonly plan: string;
}

const beginning = /^LOG: {2}duration: ([\d.]+) ms {2}plan:$/;
const quietMs = 100;

/**
 * Reads PostgreSQL's log line by line: plans of slow statements, which are many lines, go to `slow` as a whole, all other
 * lines to `rest`.
 */
export function separateSlowStatements(
  slow: (statement: SlowStatement) => void,
  rest: (line: string) => void,
): (line: string) => void {
  let open: { ms: number; lines: string[] } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const finish = () => {
    clearTimeout(timer);
    if (open !== undefined) slow(toSlowStatement(open.ms, open.lines));
    open = undefined;
  };
  return (line) => {
    if (open !== undefined && line.startsWith('\t')) {
      open.lines.push(line.slice(1));
      timer?.refresh();
      return;
    }
    finish();
    const found = beginning.exec(line);
    if (found === null) return rest(line);
    open = { ms: Number(found[1]), lines: [] };
    // Nothing says that a plan has ended but the next entry of the log, which may be long in coming.
    timer = setTimeout(finish, quietMs).unref();
  };
}

function toSlowStatement(ms: number, lines: readonly string[]): SlowStatement {
  const text = onOneLine(lines.join('\n').replace(/^Query Text: /, ''));
  const statement = declaredStatements().find((declared) => text.startsWith(onOneLine(declared.text)));
  return { ms, ...(statement && { statement: statement.name }), plan: lines.map(withoutValues).join('\n') };
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A plan that was made for particular values quotes them in its conditions. */
function withoutValues(line: string): string {
  return /^ +[A-Z][A-Za-z -]*: /.test(line) ? line.replace(/'(?:[^']|'')*'/g, "'…'") : line;
}
