import { Injectable } from '@nestjs/common';
import { Bus, userOf, type CallContext } from '#bus/bus.js';
import { FechatterError, fromZodError } from '#contracts/error.js';
import { ImportLine, importRpc, maxImportLineBytes, type ImportResult } from '#contracts/import.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { SessionRevocations } from '../security/session-revocations.js';
import { ImportSession } from './import-session.js';
import { splitLines, type NumberedLine } from './line-splitter.js';

const chunkLines = 500;
const chunkBytes = 256 * 1024;
/** A chunk may make hundreds of channels and users. */
const chunkTimeoutMs = 60_000;
const namedErrors = 100;

/** Takes a history of any length in, chunk by chunk; nothing is read ahead of what is stored. */
@Injectable()
export class ImportStream {
  constructor(
    private readonly bus: Bus,
    private readonly revocations: SessionRevocations,
  ) {}

  /**
   * Goes on when the access token expires. Throws before a byte is read unless the caller owns the workspace, BAD_REQUEST
   * when the body breaks off, UNAUTHORIZED with the counts so far when the session ends.
   */
  async run(workspaceId: number, body: AsyncIterable<Uint8Array>, call: CallContext): Promise<ImportResult> {
    const { role } = await this.bus.call(workspaceRpc.get, { workspace_id: workspaceId }, { within: call });
    if (role !== 'owner') throw new FechatterError('FORBIDDEN', 'Only owners of the workspace may import.');
    const result: ImportResult = { imported: 0, skipped: 0, failed: 0, errors: [] };
    const { requestId, traceparent } = call;
    const session = new ImportSession(this.revocations, userOf(call));
    try {
      for await (const chunk of chunks(untilBroken(body))) {
        const caller = await session.callerFor(chunkTimeoutMs);
        if (caller === undefined) throw endedAfter(result);
        // Each chunk has its own time: the request as a whole may take as long as it wants.
        const within = { caller, requestId, deadline: Date.now() + chunkTimeoutMs, traceparent };
        const { imported, skipped, errors } = await this.store(workspaceId, chunk, within);
        result.imported += imported;
        result.skipped += skipped;
        result.failed += errors.length;
        result.errors.push(...errors.slice(0, namedErrors - result.errors.length));
      }
      return result;
    } finally {
      session.close();
    }
  }

  /** Stores what can be taken of a chunk, and names all the others. */
  private async store(
    workspace_id: number,
    chunk: readonly NumberedLine[],
    within: CallContext,
  ): Promise<Omit<ImportResult, 'failed'>> {
    const errors: ImportResult['errors'] = [];
    const lines: ImportLine[] = [];
    const numbers: number[] = [];
    for (const line of chunk) {
      const parsed = parseLine(line);
      if (typeof parsed === 'string') errors.push({ line: line.number, reason: parsed });
      else {
        lines.push(parsed);
        numbers.push(line.number);
      }
    }
    if (lines.length === 0) return { imported: 0, skipped: 0, errors };
    const options = { within, timeoutMs: chunkTimeoutMs };
    const { imported, skipped, refused } = await this.bus.call(importRpc.lines, { workspace_id, lines }, options);
    for (const { index, reason } of refused) errors.push({ line: numbers[index] ?? 0, reason });
    return { imported, skipped, errors: errors.sort((a, b) => a.line - b.line) };
  }
}

function endedAfter({ imported, skipped, failed }: ImportResult): FechatterError {
  const counts = `${imported} stored, ${skipped} there before, ${failed} refused`;
  return new FechatterError('UNAUTHORIZED', `The session has ended. Lines so far: ${counts}. Send the others again.`);
}

async function* untilBroken(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new FechatterError('BAD_REQUEST', 'The body broke off. What came before is stored; send it again.', {
      cause,
    });
  }
}

/** Groups lines into what one call carries. */
async function* chunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<NumberedLine[]> {
  let pending: NumberedLine[] = [];
  let bytes = 0;
  for await (const lines of splitLines(body, maxImportLineBytes)) {
    for (const line of lines) {
      const length = line.bytes?.length ?? 0;
      if (pending.length === chunkLines || (bytes + length > chunkBytes && pending.length > 0)) {
        yield pending;
        pending = [];
        bytes = 0;
      }
      pending.push(line);
      bytes += length;
    }
  }
  if (pending.length > 0) yield pending;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The line, or what is wrong with it. */
function parseLine({ bytes }: NumberedLine): ImportLine | string {
  if (bytes === undefined) return `Longer than ${maxImportLineBytes / 1024} KiB`;
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch (error) {
    return error instanceof SyntaxError ? 'Not valid JSON' : 'Not valid UTF-8';
  }
  const parsed = ImportLine.safeParse(value);
  if (parsed.success) return parsed.data;
  return fromZodError(parsed.error)
    .details.map(({ field, reason }) => (field === '' ? reason : `${field}: ${reason}`))
    .join('; ');
}
