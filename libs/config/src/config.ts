import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';

/** Thrown when the environment cannot work. The message lists every problem with what to do. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration cannot work:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/**
 * Every variable of ours with our prefix, whichever process or command reads it: one that is written wrong would be
 * ignored in silence. `apps/cli/variables.spec.ts` holds the list against the sources.
 */
const ours = [
  'FECHATTER_BUS_SECRET',
  'FECHATTER_CACHE_DIR',
  'FECHATTER_CRASH_AT',
  'FECHATTER_DATA_DIR',
  'FECHATTER_DEMO',
  'FECHATTER_HEALTH_PORTS',
  'FECHATTER_METRICS',
  'FECHATTER_PROFILE_DIR',
  'FECHATTER_SECRET',
  'FECHATTER_SOCKET_URL',
  'FECHATTER_URL',
  'FECHATTER_VALIDATE_REPLIES',
];

/** Letters too many, too few or other ones in a name that is taken for one of ours. */
const mostTypos = 2;

/** Variables by name; an empty one counts as absent. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process, with what `defaults` gives where it is silent and `fixed` says in any case. */
export function environmentWith(defaults: Environment, fixed: Environment): Environment {
  return { ...defaults, ...process.env, ...fixed };
}

/**
 * Reads the variables that a schema names, reports all problems at once, and freezes the result. An empty variable
 * counts as absent. The only place where the environment is read.
 */
export function readConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Environment = process.env,
): Readonly<z.output<Schema>> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]] as const] : [])),
  );
  const result = schema.safeParse(given);
  const unknown = unknownVariables(env);
  if (result.success && unknown.length === 0) return Object.freeze(result.data);
  const problems =
    result.error?.issues.map((issue) => {
      const name = String(issue.path[0] ?? '');
      const description = (schema.shape[name] as z.ZodType | undefined)?.description;
      // A variable that is not given may be at fault by its default, too, beside another one that is given.
      const what = name in given || issue.code === 'custom' ? issue.message : 'is required';
      return `${name}: ${what}${description === undefined ? '' : ` (${description})`}`;
    }) ?? [];
  throw new ConfigError([...problems, ...unknown]);
}

/** Reads several schemas and reports the problems of all of them at once, each problem once. */
export function readTogether<Results extends readonly unknown[]>(
  ...reads: { [Index in keyof Results]: () => Results[Index] }
): Results {
  const problems = new Set<string>();
  const results = reads.map((read: () => unknown) => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      for (const problem of error.problems) problems.add(problem);
      return undefined;
    }
  });
  if (problems.size > 0) throw new ConfigError([...problems]);
  return results as unknown as Results;
}

function unknownVariables(env: Environment): string[] {
  const unknown = Object.keys(env).filter((name) => name.startsWith('FECHATTER_') && !ours.includes(name));
  return unknown.map((name) => {
    const nearest = closest(name, ours);
    const hint = distance(name, nearest) <= mostTypos ? `is ${nearest} meant?` : 'remove it';
    return `${name}: is no variable of Fechatter; ${hint}`;
  });
}
