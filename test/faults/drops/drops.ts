import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { FechatterClient } from '#client/client.js';
import type { Target } from '../network/fault-proxy.js';
import { eventually } from '#testing/eventually.js';
import { Random } from '#testing/random.js';
import type { FinalChat } from './history-of-run.js';
import { torment, type NemesisCounts } from './nemesis.js';
import { Participant } from './participant.js';
import { readLog, readMessages } from './read-chat.js';
import { reportOf, type DropsReport } from './report.js';
import { createChats, register, type Stage } from './stage.js';

const sharesOfFates = { lost: 10, twice: 10, late: 5 };
/** Longer than a head comparison and the longest waits of clients between two tries take together. */
const healingMs = 60_000;

export interface DropsOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly clients: number;
  readonly chats: number;
  /** A bug of the gateways (broken-gateway.ts) that the run must show. */
  readonly broken?: string | undefined;
  /** How far it is, from 0 to 1, and how many entries were received. */
  readonly onProgress?: (fraction: number, received: number) => void;
}

/** Clients write and read over a network and a bus that fail all the time; when everything has healed they are judged. */
export async function runDrops(stage: Stage, options: DropsOptions): Promise<DropsReport> {
  const random = new Random(options.seed);
  const gateways = await stage.openGateways(options.broken);
  const owner = ownerAt(gateways[0] as Target);
  await register(owner);
  const participants: Participant[] = [];
  for (let index = 0; index < options.clients; index++) participants.push(await arrive(index, gateways, random));
  const people = participants.map(({ client }) => client);
  const chats = (await createChats(owner, people, options.chats)).map(({ id }) => id);
  for (const client of people) client.start();
  const areConnected = () => people.every(({ counters }) => counters.connections > 0);
  await eventually(areConnected, 'everybody is connected');
  const bases = people[0]?.positions?.cursors ?? {};

  const counts = await act(stage, participants, chats, gateways, random, options);
  const finals = new Map<number, FinalChat>();
  for (const id of chats)
    finals.set(id, { log: await readLog(owner, id), messages: await readMessages(owner, id), base: bases[id] ?? 0 });
  const isAtEnd = ({ positions }: FechatterClient) =>
    [...finals].every(([id, { log }]) => (positions?.cursors[id] ?? 0) >= log.length);
  // Whoever does not come so far is found by the judge.
  await eventually(() => people.every(isAtEnd), 'all are at the end', healingMs).catch(() => undefined);
  const report = reportOf(participants, finals, { ...counts, events: { ...stage.events } });
  await Promise.all(participants.map((participant) => participant.depart()));
  return report;
}

/** All faults at once for the time of the run, then none; done when every request is answered and everybody is back. */
async function act(
  stage: Stage,
  participants: readonly Participant[],
  chats: readonly number[],
  gateways: readonly Target[],
  random: Random,
  { seconds, onProgress }: DropsOptions,
): Promise<NemesisCounts> {
  const counts: NemesisCounts = { cuts: 0, moves: 0 };
  const until = performance.now() + seconds * 1_000;
  const isOver = () => performance.now() >= until;
  stage.spoilEvents(sharesOfFates, random.fork(99));
  const work = participants.flatMap((participant, index) => [
    participant.live(chats, isOver),
    torment(participant, gateways, random.fork(100 + index), counts, isOver),
  ]);
  while (!isOver()) {
    await pause(100);
    const received = participants.reduce((sum, { client }) => sum + client.counters.received, 0);
    onProgress?.(Math.min(1, 1 - (until - performance.now()) / (seconds * 1_000)), received);
  }
  await Promise.all(work);
  await Promise.all(participants.map((participant) => participant.comeBack()));
  stage.spoilEvents({ lost: 0, twice: 0, late: 0 }, random);
  return counts;
}

/** Every third listens to an event stream, every third comes and goes. */
async function arrive(index: number, gateways: readonly Target[], random: Random): Promise<Participant> {
  const participant = await Participant.arrive({
    name: `client-${index}`,
    transport: index % 3 === 1 ? 'sse' : 'websocket',
    isRestless: index % 3 === 2 || index % 6 === 1,
    gateway: gateways[index % gateways.length] as Target,
    random: random.fork(index),
  });
  await register(participant.client);
  return participant;
}

function ownerAt({ host, port }: Target): FechatterClient {
  return new FechatterClient({ gateways: `http://${host}:${port}`, WebSocket });
}
