import { parseArgs, type ParseArgsConfig } from 'node:util';
import { describeError } from './describe-error.js';

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<Known extends Options> = ReturnType<typeof parseArgs<{ options: Known; allowPositionals: true }>>;

/** The arguments make no sense; told together with the usage. */
export class UsageError extends Error {}

/**
 * Runs a command to its exit status: what `work` answers; 0 after `--help`; 2, with the usage, for wrong arguments; 1,
 * with a sentence, for whatever is thrown.
 */
export async function runCommand<Known extends Options>(
  usage: string,
  options: Known,
  work: (values: Parsed<Known>['values'], positionals: readonly string[]) => Promise<number>,
): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    process.exitCode = await work(values, positionals);
  } catch (error) {
    const isUsage = error instanceof UsageError || (error instanceof TypeError && isParseError(error));
    process.stderr.write(`\n${describeError(error)}\n${isUsage ? `\n${usage}\n` : ''}`);
    process.exitCode = isUsage ? 2 : 1;
  }
}

function isParseError(error: Error): boolean {
  return 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
}
