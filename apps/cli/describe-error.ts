/** An error as part of a sentence for the person at the terminal. */
export function describeError(error: unknown): string {
  // A name with several addresses, `localhost` for example, fails once for each.
  if (error instanceof AggregateError && error.message === '') return describeError(error.errors[0]);
  return error instanceof Error ? error.message : String(error);
}
