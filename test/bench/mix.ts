import type { OpenLoop, Target, TargetResult } from '../load/job.js';
import { messageText } from '../load/message-text.js';
import { requestBytes } from '../load/request.js';
import { inShares } from '../load/schedule.js';
import type { Bench, Figure, Setting } from './bench.js';
import { untilIndexed } from './fill.js';
import { latenciesOf, percentileSeries } from './latencies.js';
import { postgresSettings } from './machine.js';
import type { Person } from './person.js';
import { sendRequests } from './send-requests.js';
import { withSubject, type Subject } from './subject.js';

const members = 16;
/** Of all messages, in the twelve channels, as in a large public chat. */
const channelShares = [21, 20, 14, 10, 10, 8, 6, 4, 3, 2, 1, 1];
const variety = 2_000;

/** What people do, in the shares that Mattermost's load test takes from production; drafts and full reloads left out. */
const actions: readonly Action[] = [
  { name: 'open a chat: latest page', share: 48.6, path: ({ chatId }) => `/api/messages?chat_id=${chatId}&limit=50` },
  {
    name: 'open a chat: mark read',
    share: 48.6,
    path: ({ chatId }) => `/api/chats/${chatId}/read`,
    body: ({ lastSeq }) => ({ seq: lastSeq }),
  },
  {
    name: 'scroll: an older page',
    share: 12.9,
    path: ({ chatId, seq }) => `/api/messages?chat_id=${chatId}&limit=50&before_seq=${seq}`,
  },
  { name: 'read a thread', share: 7.8, path: ({ messageId }) => `/api/messages/${messageId}/thread` },
  {
    name: 'send',
    share: 6.5,
    path: () => '/api/messages',
    body: ({ chatId, number }) => ({ chat_id: chatId, content: messageText(number) }),
  },
  { name: 'list chats with unread counts', share: 6.5, path: () => '/api/chats' },
  {
    name: 'follow a link to a message',
    share: 1.9,
    path: ({ chatId, messageId }) => `/api/messages?chat_id=${chatId}&limit=50&around_id=${messageId}`,
  },
  {
    name: 'catch up after a reconnect',
    share: 0.93,
    path: ({ chatId, seq }) => `/api/chats/${chatId}/log?after=${seq}&limit=100`,
  },
  {
    name: 'react',
    share: 0.85,
    path: ({ messageId }) => `/api/messages/${messageId}/reactions`,
    body: () => ({ emoji: '👍' }),
  },
  { name: 'search', share: 0.33, path: () => '/api/search/messages?q=deploy&limit=20' },
];

interface Action {
  readonly name: string;
  readonly share: number;
  readonly path: (place: Place) => string;
  /** Makes it a POST. */
  readonly body?: (place: Place) => object;
}

/** Where an action takes place. */
interface Place {
  readonly number: number;
  readonly chatId: number;
  readonly lastSeq: number;
  /** Of some message of the chat. */
  readonly seq: number;
  readonly messageId: number;
}

/** A day in a large team, in the shares of real use, by intended start times. */
export const mix: Bench = {
  name: 'mix',
  about:
    'opens, scrolling, reads, sends, reactions, searches in the shares of real use, open loop at half of the highest rate',
  topologies: ['standalone', 'distributed'],
  run: (setting) => withSubject(setting.topology, (subject) => measure(setting, subject)),
};

/** A team with channels and messages, and all that it does as requests, without those that this server does not answer. */
export async function mixOf(setting: Setting, subject: Subject) {
  setting.say('making people, channels and messages');
  const { people, chatId } = await subject.channel(members);
  const chats = [chatId];
  while (chats.length < channelShares.length)
    chats.push(await people[0]!.createChannel(`bench-${chats.length}`, people));
  await fill(setting, subject, people, chats);
  return { people, chatId, ...(await targetsOf(subject, people, chats)) };
}

async function measure(setting: Setting, subject: Subject) {
  const { targets, missing } = await mixOf(setting, subject);
  setting.say('highest rate');
  const closed = setting.quick ? { warmUpSeconds: 1, seconds: 3 } : { warmUpSeconds: 5, seconds: 20 };
  const highest = await setting.generator.run({ kind: 'closed', targets, connections: 64, ...closed });
  const perSecond = highest.targets.reduce((sum, { answered }) => sum + answered, 0) / highest.seconds / 2;
  setting.say(`${Math.round(perSecond)} actions a second`);
  const open = setting.quick ? { warmUpSeconds: 1, seconds: 5 } : { warmUpSeconds: 5, seconds: 60 };
  const job: OpenLoop = { kind: 'open', targets, connections: 256, perSecond, ...open };
  const { targets: found, generatorCpu } = await setting.generator.run(job);
  return {
    figures: [
      { name: 'actions at half of the highest rate', unit: 'requests/s', ours: perSecond, generatorCpu },
      ...found.flatMap(figuresOf),
    ],
    plots: [
      {
        title: `The mix at ${Math.round(perSecond).toLocaleString('en')} requests a second`,
        kind: 'latency' as const,
        x: 'percentile',
        y: 'ms',
        series: found.map((target) => percentileSeries(target.name, [target])),
      },
    ],
    ...(missing.length > 0 && { notes: [`Not answered by this server, and left out: ${missing.join(', ')}.`] }),
    postgres: await postgresSettings(subject.admin),
  };
}

function figuresOf(result: TargetResult): Figure[] {
  const at = (percent: number) => ({
    name: `${result.name}, p${percent}`,
    unit: 'ms',
    ours: latenciesOf([result]).at(percent),
  });
  return [at(50), at(99)];
}

/** Messages in every channel by its share. */
async function fill(setting: Setting, subject: Subject, people: readonly Person[], chats: readonly number[]) {
  const targets = chats.map((chatId, index) => ({
    name: `fill ${chatId}`,
    port: subject.port,
    status: 201,
    weight: channelShares[index]!,
    ...sendRequests(people, [chatId]),
  }));
  await setting.generator.run({ kind: 'closed', targets, connections: 32, warmUpSeconds: 0, seconds: 3 });
  await untilIndexed(setting, subject);
}

async function targetsOf({ port, admin }: Subject, people: readonly Person[], chats: readonly number[]) {
  const places = await placesIn(admin, chats);
  const targets: Target[] = [];
  const missing: string[] = [];
  for (const { name, share, path, body } of actions) {
    const requests = places.map((place) => {
      return requestBytes(
        body ? 'POST' : 'GET',
        path(place),
        people[senders.next().value as number]!.token,
        body?.(place),
      );
    });
    const status = await people[0]!.statusOf(body ? 'POST' : 'GET', path(places[0]!), body?.(places[0]!));
    if (status >= 400) missing.push(`${name} (${status})`);
    else targets.push({ name, port, requests, status, weight: share });
  }
  return { targets, missing };
}

/** Few people do most of it: a power law of slope 1.4. */
const weights = Array.from({ length: members }, (_, rank) => (rank + 1) ** -1.4);
const senders = inShares(weights.map((weight, item) => ({ item, weight })));

/** Messages of the channels by their shares. */
async function placesIn(admin: Subject['admin'], chats: readonly number[]): Promise<Place[]> {
  const total = channelShares.reduce((sum, share) => sum + share, 0);
  const places: Place[] = [];
  for (const [index, chatId] of chats.entries()) {
    const count = Math.ceil((variety * channelShares[index]!) / total);
    const { rows } = await admin.query<{ id: string; seq: string; last_seq: string }>(
      `SELECT m.id, m.seq, h.last_seq FROM message.messages m JOIN message.chat_heads h USING (chat_id)
       WHERE chat_id = $1 ORDER BY md5(m.id::text) LIMIT $2`,
      [chatId, count],
    );
    for (const { id, seq, last_seq } of rows) {
      const number = places.length;
      places.push({ number, chatId, lastSeq: Number(last_seq), seq: Number(seq), messageId: Number(id) });
    }
  }
  // Neighbours in the list are of different channels.
  return places.sort((a, b) => ((a.number * 0.618_034) % 1) - ((b.number * 0.618_034) % 1));
}
