import { setTimeout as pause } from 'node:timers/promises';
import type { SearchPage } from '#contracts/search.contract.js';
import { range } from '#testing/range.js';
import { LatencyHistogram } from '../../load/histogram.js';
import type { OpenLoop } from '../../load/job.js';
import type { Setting } from '../bench.js';
import { sendRequests } from '../send-requests.js';
import type { Corpus } from './corpus.js';

export const sendsPerSecond = 2_000;
const chats = 200;
const probes = 2;
const askEveryMs = 50;
const foundMs = 30_000;

/**
 * How long it takes from the beginning of a send until the message is found, while others send 2,000 messages a second
 * to 200 chats. A few probes at a time: each sends a word that nobody else has, and asks until it is there.
 */
export async function freshness({ generator, quick, say }: Setting, corpus: Corpus): Promise<LatencyHistogram> {
  say(`${sendsPerSecond.toLocaleString('en')} sends a second, and how soon they are found`);
  const { person, subject } = corpus;
  await person.signInAgain();
  const chatIds: number[] = [];
  for (const number of range(1, chats)) chatIds.push(await person.createChannel(`fresh-${number}`, [person]));
  const targets = [{ name: 'sends', port: subject.port, status: 201, ...sendRequests([person], chatIds) }];
  const span = quick ? { warmUpSeconds: 2, seconds: 5 } : { warmUpSeconds: 5, seconds: 30 };
  const job: OpenLoop = { kind: 'open', targets, connections: 64, perSecond: sendsPerSecond, ...span };
  const histogram = new LatencyHistogram();
  let isOver = false;
  const load = generator.run(job).finally(() => (isOver = true));
  const begin = performance.now() + span.warmUpSeconds * 1_000;
  await Promise.all(
    range(1, probes).map(async (probe) => {
      for (let number = 0; !isOver; number++) {
        const since = performance.now();
        await untilFound(corpus, chatIds[(number * probes + probe) % chats]!, `probe${probe}x${number}`);
        if (since >= begin) histogram.record(performance.now() - since);
      }
    }),
  );
  const [sent] = (await load).targets;
  if (sent === undefined || sent.failed > 0) throw new Error(`Sends failed: ${sent?.firstFailures.join(' ')}`);
  if (histogram.count === 0) throw new Error('No message was found before the sends were over');
  return histogram;
}

async function untilFound({ person }: Corpus, chatId: number, word: string): Promise<void> {
  await person.call('POST', '/api/messages', { chat_id: chatId, content: `found ${word}` });
  for (const deadline = performance.now() + foundMs; ; await pause(askEveryMs)) {
    const { total } = await person.call<SearchPage>('POST', '/api/search/messages', { query: word });
    if (total === 1) return;
    if (performance.now() > deadline) throw new Error(`${word} was not found within ${foundMs} ms`);
  }
}
