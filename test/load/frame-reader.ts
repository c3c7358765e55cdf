const opcodes = { text: 1, close: 8, ping: 9, pong: 10 } as const;
const nothing = Buffer.alloc(0);

/** What a server says over a WebSocket. The bytes may be used again when the call returns. */
export interface FrameListener {
  /** A text frame: the part of `bytes` from `start` to `end`. */
  onText(bytes: Buffer, start: number, end: number): void;
  onPing(payload: Buffer): void;
  onClose(code: number): void;
}

/**
 * Reads what a server sends over a WebSocket (RFC 6455, section 5.2), with as little work as a load generator can
 * afford: frames that arrive whole are not copied. Throws for what our own servers never send: masked, binary and
 * fragmented frames.
 */
export class FrameReader {
  private rest = nothing;

  constructor(private readonly listener: FrameListener) {}

  /** `chunk` may be used again by the caller when this returns. */
  push(chunk: Buffer): void {
    const bytes = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let at = 0;
    for (let end = this.take(bytes, at); end > 0; end = this.take(bytes, at)) at = end;
    this.rest = at === bytes.length ? nothing : Buffer.from(bytes.subarray(at));
  }

  /** Hands out the frame that begins at `at`. Answers where it ends, 0 when it is not complete. */
  private take(bytes: Buffer, at: number): number {
    if (bytes.length < at + 2) return 0;
    const short = bytes[at + 1]!;
    const start = at + (short < 126 ? 2 : short === 126 ? 4 : 10);
    if (bytes.length < start) return 0;
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const end = start + length;
    if (bytes.length < end) return 0;
    this.hand(bytes[at]!, bytes, start, end);
    return end;
  }

  private hand(first: number, bytes: Buffer, start: number, end: number): void {
    switch (first) {
      case 0x80 | opcodes.text:
        return this.listener.onText(bytes, start, end);
      case 0x80 | opcodes.ping:
        return this.listener.onPing(bytes.subarray(start, end));
      case 0x80 | opcodes.pong:
        return undefined;
      case 0x80 | opcodes.close:
        return this.listener.onClose(end - start < 2 ? 1005 : bytes.readUInt16BE(start));
      default:
        throw new Error(`A WebSocket frame that begins with 0x${first.toString(16)}`);
    }
  }
}

type Opcode = keyof typeof opcodes;

/** A frame as clients send it. It is masked with zeros, which changes nothing of the payload and costs nothing. */
export function clientFrame(payload: string | Buffer, opcode: Opcode = 'text'): Buffer {
  const bytes = Buffer.from(payload);
  const head = headOf(bytes.length, opcode);
  head[1]! |= 0x80;
  return Buffer.concat([head, Buffer.alloc(4), bytes]);
}

/** A frame as servers send it. */
export function serverFrame(payload: Buffer, opcode: Opcode = 'text'): Buffer {
  return Buffer.concat([headOf(payload.length, opcode), payload]);
}

function headOf(length: number, opcode: Opcode): Buffer {
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x80 | opcodes[opcode];
  head[1] = length < 126 ? length : length < 65_536 ? 126 : 127;
  if (head.length === 4) head.writeUInt16BE(length, 2);
  else if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}
