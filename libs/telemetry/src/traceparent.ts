/** Where a span stands, as processes tell each other (W3C Trace Context, version 00). */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly isRecorded: boolean;
}

const format = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const recordedFlag = 1;

/** Undefined where the header is none. What later versions add is passed over, as the standard asks. */
export function parseTraceparent(header: string): TraceContext | undefined {
  const [, version, traceId, spanId, flags, more] = format.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || (version === '00' && more !== undefined)) return undefined;
  return { traceId, spanId, isRecorded: (parseInt(flags!, 16) & recordedFlag) !== 0 };
}

export function traceparentOf({ traceId, spanId, isRecorded }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isRecorded ? '01' : '00'}`;
}

export function newTraceId(): string {
  return newSpanId() + newSpanId();
}

/** Ids are no secrets: what is random enough not to meet again will do. */
export function newSpanId(): string {
  return digits() + digits();
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Eight of them, never all zeros, which stand for none. */
function digits(): string {
  const number = 1 + Math.floor(Math.random() * 0xffff_ffff);
  return `${bytes[number >>> 24]}${bytes[(number >>> 16) & 255]}${bytes[(number >>> 8) & 255]}${bytes[number & 255]}`;
}
