import { closeCode, type ClientFrame, type ServerFrame } from '#contracts/frame.js';
import type { LogEntry } from '#contracts/log.contract.js';
import { parseJson } from './json.js';

export type Frame = ServerFrame | LogEntry;

/** How a connection ended. */
export interface LinkEnd {
  /** `unauthenticated`: the token was not taken. `revoked`: the session is over. `lost`: everything else. */
  readonly kind: 'unauthenticated' | 'revoked' | 'lost';
  /** Close code of the WebSocket or status of the answer, where there was one. */
  readonly code: number | undefined;
  /** How long the server asks to wait. */
  readonly retryAfterMs: number | undefined;
}

/** What a connection tells. Nothing after `ended`. */
export interface LinkListener {
  frame(frame: Frame): void;
  /** The server has shown that it lives. */
  alive(): void;
  ended(end: LinkEnd): void;
}

/** One realtime connection. */
export interface Link {
  /** Undefined where a connection only listens. */
  readonly send: ((frame: ClientFrame) => void) | undefined;
  /** Ends it without a word to the listener. */
  close(): void;
}

export function lost(code?: number, retryAfterMs?: number): LinkEnd {
  return { kind: 'lost', code, retryAfterMs };
}

/** What the close of a WebSocket means. */
export function endOf(code: number, reason: string): LinkEnd {
  if (code === closeCode.unauthenticated) return { kind: 'unauthenticated', code, retryAfterMs: undefined };
  if (code === closeCode.revoked) return { kind: 'revoked', code, retryAfterMs: undefined };
  return lost(code, code === closeCode.restarting ? retryAfterOf(reason) : undefined);
}

function retryAfterOf(reason: string): number | undefined {
  const parsed = parseJson(reason);
  const wait = typeof parsed === 'object' && parsed !== null && 'retry_after_ms' in parsed && parsed.retry_after_ms;
  return typeof wait === 'number' && wait >= 0 ? wait : undefined;
}

/** A frame as it came; undefined for what is none. Types that are not known yet are passed on, and heard by nobody. */
export function frameOf(text: string): Frame | undefined {
  const parsed = parseJson(text);
  const isFrame = typeof parsed === 'object' && parsed !== null && 'type' in parsed;
  return isFrame ? (parsed as Frame) : undefined;
}
