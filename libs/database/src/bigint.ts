import pg from 'pg';

const { types } = pg;
/** The driver's types name no array; bigint[] is 1016. */
const int8Array = 1016 as typeof types.builtins.INT8;

/** Identities are JSON numbers: bigint arrives as a number, and one beyond the safe integers is an error, not a lie. */
function parseBigint(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} is beyond the safe integers`);
  return value;
}
types.setTypeParser(types.builtins.INT8, parseBigint);
types.setTypeParser(int8Array, (text) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(parseBigint)));
