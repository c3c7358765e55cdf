import { z } from 'zod';

/** A whole number written in digits. */
export function integer(min: number, max: number) {
  return z
    .string()
    .refine((value) => /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max, {
      error: `must be a whole number from ${min} to ${max}`,
      // What is compared with it would be found wrong as well.
      abort: true,
    })
    .transform(Number);
}

/** `true` or `false`. */
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** Of each service, as they may stand behind different PgBouncers. */
export const prepared = flag
  .prefault('true')
  .describe(
    'false behind a PgBouncer in transaction mode that is older than 1.21 or ignores no start-up parameters: ' +
      'statements are then not prepared by name',
  );

/** A connection URL with one of the schemes. */
export function url(...schemes: string[]) {
  return z.string().refine((value) => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1)), {
    error: `must be a URL beginning with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
  });
}

/** Where a service finds its part of PostgreSQL. */
export function databaseUrl(service: string) {
  return url('postgres', 'postgresql').describe(`PostgreSQL as the role fechatter_${service}, postgres://…`);
}

/** Of each service whose crashes are tested. */
export const crashAt = z.string().optional().describe('place where a fault test lets the process die');

/** Items separated by commas; blanks around them do not count. */
export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);
