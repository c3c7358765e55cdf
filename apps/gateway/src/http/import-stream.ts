import { Injectable } from '@nestjs/common';
import { Bus, type CallContext } from '#bus/bus.js';
import { FechatterError, fromZodError } from '#contracts/error.js';
import { ImportLine, importRpc, maxImportLineBytes, type ImportResult } from '#contracts/import.contract.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { splitLines, type NumberedLine } from './line-splitter.js';

const chunkLines = 500;
const chunkBytes = 256 * 1024;
/** A chunk may make hundreds of channels and users. */
const chunkTimeoutMs = 60_000;
const namedErrors = 100;

/** Takes a history of any length in, chunk by chunk; nothing is read ahead of what is stored. */
@Injectable()
export class ImportStream {
  constructor(private readonly bus: Bus) {}

  /** Throws before a byte is read unless the caller owns the workspace, BAD_REQUEST when the body breaks off. */
  async run(workspaceId: number, body: AsyncIterable<Uint8Array>, call: CallContext): Promise<ImportResult> {
    const { role } = await this.bus.call(workspaceRpc.get, { workspace_id: workspaceId }, { within: call });
    if (role !== 'owner') throw new FechatterError('FORBIDDEN', 'Only owners of the workspace may import.');
    const result: ImportResult = { imported: 0, skipped: 0, failed: 0, errors: [] };
    for await (const lines of chunks(untilBroken(body))) {
      const good: ImportLine[] = [];
      for (const line of lines) {
        const parsed = parseLine(line);
        if (typeof parsed !== 'string') {
          good.push(parsed);
          continue;
        }
        result.failed += 1;
        if (result.errors.length < namedErrors) result.errors.push({ line: line.number, reason: parsed });
      }
      if (good.length === 0) continue;
      // Each chunk has its own time: the request as a whole may take as long as it wants.
      const within = { caller: call.caller, requestId: call.requestId, deadline: Date.now() + chunkTimeoutMs };
      const request = { workspace_id: workspaceId, lines: good };
      const { imported, skipped } = await this.bus.call(importRpc.lines, request, {
        within,
        timeoutMs: chunkTimeoutMs,
      });
      result.imported += imported;
      result.skipped += skipped;
    }
    return result;
  }
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
