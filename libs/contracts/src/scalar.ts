import { z } from 'zod';

/** An identity of the database. JSON numbers: identities stay within the safe integers. */
export const Id = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** An id in a path or a query string, where everything arrives as text. */
export const IdParam = z
  .string()
  .regex(/^[1-9][0-9]{0,15}$/, 'Must be a positive whole number')
  .transform(Number)
  .pipe(Id);

/** A place in a chat's log: 1, 2, 3, … without holes. 0 is "before the first entry". */
export const Seq = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** A place in a chat's log, in a query string. */
export const SeqParam = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,15})$/, 'Must be a whole number, 0 or more')
  .transform(Number)
  .pipe(Seq);

/** RFC 3339 in UTC with milliseconds: `2026-01-31T12:00:00.000Z`. */
export const Timestamp = z.iso.datetime({ precision: 3 });

/** Text that PostgreSQL can store and every client can read: no NUL, no half of a surrogate pair. Lengths in UTF-16 units. */
export function text(min: number, max: number) {
  return z
    .string()
    .min(min)
    .max(max)
    .refine((value) => !value.includes('\0') && value.isWellFormed(), {
      error: 'Must be well-formed Unicode without NUL characters',
    });
}

/** 1 to 64 characters without white space, control characters or `@`; unique ignoring case. */
export const Username = text(1, 64).regex(/^[^\s\p{C}@]+$/u, 'Must not contain white space, control characters or @');

/** An e-mail address; compares case-insensitively. */
export const Email = text(3, 254).pipe(z.email());

/**
 * An address as it is compared, and as attempts at its account are counted. Both have to fold alike, or each spelling
 * would have a counter of its own: PostgreSQL's LOWER makes `i` of `İ`, JavaScript does not.
 */
export function foldEmail(email: string): string {
  return email.toLowerCase();
}

/** Compared byte for byte: no trimming, no normalising, no rules of composition. */
export const Password = text(8, 1000);

/** 1 to 16,384 UTF-16 units of Markdown source, stored as sent. */
export const MessageContent = text(1, 16_384);

/** What makes repeating a send safe: unique for ever within sender and chat. */
export const IdempotencyKey = text(1, 200);

/** Where a list goes on: opaque, made by the server, valid only for the list that gave it. */
export const Cursor = text(1, 512);

/** Page size in a query string, with its default and its upper bound. */
export function limitParam(fallback: number, max: number) {
  return z
    .string()
    .regex(/^[1-9][0-9]{0,5}$/, 'Must be a positive whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(max))
    .default(fallback);
}

/** Page size inside a bus request. */
export function limit(fallback: number, max: number) {
  return z.int().min(1).max(max).default(fallback);
}

/** The tail of every list: absent or null on the last page. */
export const page = { next_cursor: Cursor.nullable(), has_more: z.boolean() };

/** An answer that says nothing but that it was done. */
export const Done = z.strictObject({});
