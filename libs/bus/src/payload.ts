import { FechatterError } from '#contracts/error.js';
import { Encoded } from './encoded.js';

/** NATS carries 1 MiB with its headers; nothing of ours comes near. */
export const maxPayloadBytes = 768 * 1024;

/** `undefined` is the empty payload; what its service has encoded already stays as it is. */
export function encodePayload(value: unknown): Buffer {
  if (value instanceof Encoded) return value.bytes;
  return value === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(value));
}

/** Throws a SyntaxError when the bytes are no JSON. */
export function decodePayload(data: Uint8Array): unknown {
  return data.length === 0 ? undefined : (JSON.parse(asBuffer(data).toString('utf8')) as unknown);
}

/** The same bytes, not a copy. */
export function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.length);
}

export function checkRequestSize(payload: Buffer): void {
  if (payload.length > maxPayloadBytes) throw new FechatterError('PAYLOAD_TOO_LARGE');
}

/** A reply that is too large is a mistake of the service that made it, not of its caller. */
export function checkReplySize(payload: Buffer): void {
  if (payload.length > maxPayloadBytes) throw new Error(`A reply of ${payload.length} bytes exceeds the bus`);
}
