import { z } from 'zod';
import { Cursor, Id, IdParam, limitParam, page } from '../scalar.js';

/** The part of a path that names one thing. */
export const ofId = z.strictObject({ id: IdParam });

/** The part of a path that names one thing, and a user in it. */
export const ofMember = z.strictObject({ id: IdParam, user_id: IdParam });

/** `limit` and `cursor` of a list. */
export function paging(fallback: number, max: number) {
  return { limit: limitParam(fallback, max), cursor: Cursor.optional() };
}

/** Several ids in one parameter, separated by commas: `chat_ids=1,2,3`. */
export function idListParam(max: number) {
  return z
    .string()
    .regex(/^[1-9][0-9]{0,15}(,[1-9][0-9]{0,15})*$/, 'Must be positive whole numbers separated by commas')
    .transform((value) => value.split(',').map(Number))
    .pipe(z.array(Id).min(1).max(max));
}

/** A list under its noun, with where it goes on. */
export function listOf<Noun extends string, Item extends z.ZodType>(noun: Noun, item: Item) {
  return z.strictObject({ [noun]: z.array(item), ...page } as Record<Noun, z.ZodArray<Item>> & typeof page);
}
