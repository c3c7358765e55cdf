import { Connection } from '../../load/connection.js';
import { LatencyHistogram } from '../../load/histogram.js';
import { Lane } from '../../load/lane.js';
import { openLoop } from '../../load/open-loop.js';
import { requestBytes } from '../../load/request.js';
import type { Person } from './person.js';
import { print, type Summary } from './summary.js';

const perSecond = 150;
const seconds = 20;
const connectionCount = 32;
const unique = '0'.repeat(24);

/**
 * Sends and reads in turn, at even intervals whatever became of the earlier ones: what has to wait in line because
 * others are slow counts from when it should have begun. Prints error rate and p99.
 */
export async function openLoad(
  name: string,
  { url, token, chatId }: Person,
): Promise<Pick<Summary, 'errorRate' | 'p99'>> {
  const port = Number(new URL(url).port);
  const message = { chat_id: chatId, content: unique };
  const lanes = [
    new Lane({ name, port, unique, requests: [requestBytes('POST', '/api/messages', token, message)], status: 201 }),
    new Lane({
      ...{ name, port, status: 200 },
      requests: [requestBytes('GET', `/api/messages?chat_id=${chatId}&limit=20`, token)],
    }),
  ];
  const connections = await Promise.all(Array.from({ length: connectionCount }, () => Connection.open(port)));
  const begin = performance.now();
  try {
    await openLoop(connections, lanes, perSecond, begin, begin + seconds * 1_000);
  } finally {
    for (const connection of connections) connection.close();
  }
  const results = lanes.map(({ tally }) => tally.result());
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  const answered = results.reduce((sum, result) => sum + result.answered, 0);
  const p99 = LatencyHistogram.of(results.map(({ latencies }) => latencies)).at(99);
  const errorRate = failed / (failed + answered);
  print(`${name}, open loop`, failed + answered, errorRate, p99);
  return { errorRate, p99 };
}
