import { delivery as measured } from '../load/delivery.js';
import type { DeliveryJob, EchoJob, TargetResult } from '../load/job.js';
import { messageText } from '../load/message-text.js';
import { requestBytes } from '../load/request.js';
import type { Bench, Figure, Setting } from './bench.js';
import { withFloor } from './floor/process.js';
import { latenciesOf, percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import type { Person } from './person.js';
import { sendRequests } from './sends.js';
import { withSubject, type Subject } from './subject.js';

const mostMs = 2;
const perSecond = 100;
const echo = 'bare ws echo';

/** How soon others see a message: from commit and from send to the frame on another person's socket. */
export const delivery: Bench = {
  name: 'delivery',
  about: 'commit to receipt on another WebSocket, and send to receipt, at 100 sends a second',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject)),
};

async function measure(setting: Setting, subject: Subject) {
  setting.say('making people');
  const { people, chatId } = await subject.channel(2);
  const found = await deliveries(setting, subject, people, chatId);
  const of = (name: string) => found.filter((target) => target.name === name);
  const floor = latenciesOf(of(echo));
  const figure = (name: string, percent: number): Figure => {
    const ours = latenciesOf(of(name)).at(percent);
    const value = floor.at(percent);
    return { name: `${name}, p${percent}`, unit: 'ms', ours, floor: { name: echo, value }, ratio: ours / value };
  };
  const { commitToReceipt, sendToReceipt, sendToAck, readRoundTrip } = measured;
  return {
    figures: [
      { ...figure(commitToReceipt, 50), bar: { of: 'ours' as const, atMost: mostMs } },
      figure(commitToReceipt, 99),
      figure(sendToReceipt, 50),
      figure(sendToReceipt, 99),
      figure(sendToAck, 50),
      figure(readRoundTrip, 50),
    ],
    plots: [
      {
        title: 'From a send to the frame on another socket, 100 sends a second',
        kind: 'latency' as const,
        x: 'percentile',
        y: 'ms',
        series: [commitToReceipt, sendToReceipt, sendToAck, echo].map((name) => percentileSeries(name, of(name))),
      },
    ],
    notes: [
      'Sender and listener are one process with one clock. The commit itself cannot be seen from outside, so its time is ' +
        'bounded: the 201 leaves after the commit, and its way back is shorter than the round trip of a read (one message) ' +
        'over the same processes. Receipt − arrival of the 201 + round trip of a read is therefore no less than commit to receipt.',
    ],
    postgres: await postgresSettings(subject.admin),
  };
}

/** Ours and the echo in turn; the first person sends, the second one listens. */
export async function deliveries(
  { generator, quick, say }: Setting,
  { port }: Subject,
  [sender, listener]: readonly Person[],
  chatId: number,
): Promise<TargetResult[]> {
  if (sender === undefined || listener === undefined) throw new Error('Two people are needed');
  const span = quick ? { warmUpSeconds: 1, seconds: 4 } : { warmUpSeconds: 3, seconds: 20 };
  const job: DeliveryJob = {
    kind: 'delivery',
    port,
    perSecond,
    sends: sendRequests([sender], [chatId]).requests,
    read: requestBytes('GET', `/api/messages?chat_id=${chatId}&limit=1`, sender.token),
    listenerToken: listener.token,
    ...span,
  };
  return withFloor('echo', async (floor) => {
    const texts = Array.from({ length: 1_000 }, (_, number) => JSON.stringify({ content: messageText(number) }));
    const echoes: EchoJob = { kind: 'echo', port: floor.port, perSecond, texts, ...span };
    const found: TargetResult[] = [];
    for (let round = 1; round <= (quick ? 1 : 3); round++) {
      say(`delivery, round ${round}`);
      found.push(...(await generator.run(job)).targets);
      for (const target of (await generator.run(echoes)).targets) found.push({ ...target, name: echo });
    }
    return found;
  });
}
