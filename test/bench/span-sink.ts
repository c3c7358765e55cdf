import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Each span has one; the name of a parent ends otherwise. */
const spanMark = Buffer.from('"spanId"');

/** A collector that takes spans by OTLP over HTTP in JSON, counts them, and keeps none. */
export interface SpanSink {
  readonly url: string;
  readonly spans: number;
  stop(): Promise<void>;
}

/** Starts a collector on a free port of this machine. */
export async function startSpanSink(): Promise<SpanSink> {
  let spans = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      spans += occurrences(Buffer.concat(chunks), spanMark);
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get spans() {
      return spans;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function occurrences(body: Buffer, mark: Buffer): number {
  let count = 0;
  for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + mark.length)) count++;
  return count;
}
