import { StartError } from '#service/start-error.js';
import { describeError } from './describe-error.js';

/**
 * Works on the PostgreSQL that `variable` names. Throws a StartError that names the variable, never its password.
 */
export async function onGivenDatabase<Result>(variable: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new StartError(`The PostgreSQL of ${variable} cannot be used: ${describeError(cause)}`, { cause });
  }
}
