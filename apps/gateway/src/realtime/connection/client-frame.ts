import { FechatterError, fromZodError } from '#contracts/error.js';
import { ClientFrame } from '#contracts/frame.js';

type Ref = ClientFrame['ref'];

/** What a text from a client is: a frame, an object that is none (which can be answered), or nothing that we know. */
export type Parsed =
  | { readonly kind: 'frame'; readonly frame: ClientFrame }
  | { readonly kind: 'invalid'; readonly ref: Ref; readonly error: FechatterError }
  | { readonly kind: 'malformed' };

const refSchema = ClientFrame.options[0].shape.ref;

/** Reads one text frame of a client. */
export function parseClientFrame(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { kind: 'malformed' };
  const parsed = ClientFrame.safeParse(value);
  if (parsed.success) return { kind: 'frame', frame: parsed.data };
  const ref = refSchema.safeParse('ref' in value ? value.ref : undefined);
  return { kind: 'invalid', ref: ref.success ? ref.data : undefined, error: fromZodError(parsed.error) };
}
