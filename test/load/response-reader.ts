const endOfHead = '\r\n\r\n';
const longestHead = 16 * 1024;
const lengthOf = /\r\ncontent-length: *(\d+)/i;
const nothing = Buffer.alloc(0);

/**
 * Reads the answers of one HTTP/1.1 connection, one at a time, with as little work as a load generator can afford:
 * status line, content-length, and the body only when it is wanted. Throws for what our own servers never send.
 */
export class ResponseReader {
  /** Whether the bodies of the answers to come are kept; those of errors always are. */
  keepBody = false;
  private head = nothing;
  private status = 0;
  private missing = 0;
  private body: Buffer[] = [];

  constructor(private readonly onAnswer: (status: number, body: Buffer) => void) {}

  /** `chunk` may be used again by the caller when this returns. */
  push(chunk: Buffer): void {
    if (this.missing > 0) return this.take(chunk);
    const bytes = this.head.length === 0 ? chunk : Buffer.concat([this.head, chunk]);
    const end = bytes.indexOf(endOfHead, 0, 'latin1');
    if (end < 0) {
      if (bytes.length > longestHead) throw new Error('An answer has a head without end');
      this.head = Buffer.from(bytes);
      return;
    }
    this.head = nothing;
    this.status = statusOf(bytes);
    this.missing = contentLength(bytes, end);
    this.take(bytes.subarray(end + endOfHead.length));
  }

  private take(chunk: Buffer): void {
    if (chunk.length > this.missing) throw new Error('More came than the answer said it has');
    this.missing -= chunk.length;
    if (this.keepBody || this.status >= 400) this.body.push(Buffer.from(chunk));
    if (this.missing > 0) return;
    const { body } = this;
    this.body = [];
    this.onAnswer(this.status, body.length === 0 ? nothing : Buffer.concat(body));
  }
}

/** The digits of `HTTP/1.1 201 …`. */
function statusOf(bytes: Buffer): number {
  const status = Number(bytes.toString('latin1', 9, 12));
  if (!(status >= 200 && status < 600) || bytes.toString('latin1', 0, 9) !== 'HTTP/1.1 ') {
    throw new Error(`Not an HTTP/1.1 answer: ${bytes.toString('latin1', 0, 40)}`);
  }
  return status;
}

function contentLength(bytes: Buffer, end: number): number {
  const length = lengthOf.exec(bytes.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('An answer without content-length');
  return Number(length);
}
