import { messageText } from '../load/message-text.js';
import type { Outgoing } from '../../apps/message/src/send/outgoing.js';
import { SendRepository } from '../../apps/message/src/send/send.repository.js';
import type { Bench, Figure, Findings, Setting } from './bench.js';
import { withStatements } from './floor/statements.js';
import { postgresSettings } from './machine.js';
import { compare, takeTurns } from './rounds.js';
import { makeChats, withStore } from './store.js';

/**
 * More rows a flush must never cost more than their share: the time of a join on `unnest` that went quadratic grows
 * sixteenfold from 64 to 256 rows, and the rate falls to a quarter.
 */
const mostLoss = { of: 'ratio', atLeast: 0.8 } as const;
/** What sharing commits must bring, over a commit for each row. */
const leastGain = { of: 'ratio', atLeast: 3 } as const;

const sizes = [1, 4, 16, 64, 256];
const widths = [1, 3];
const chatsPerConnection = 8;

/** The curve of the group commit: rows a second by rows a flush, beside the bare UNNEST insert. */
export const flush: Bench = {
  name: 'flush',
  about: 'rows a second of the flush function at 1 to 256 rows, over 1 and 3 connections, against a bare UNNEST',
  topologies: ['standalone'],
  run: measure,
};

async function measure(setting: Setting): Promise<Findings> {
  return withStore(({ url, admin, database }) =>
    withStatements(url, Math.max(...widths), async (statements) => {
      await makeChats(admin, chatsPerConnection * Math.max(...widths));
      const repository = new SendRepository(database, database);
      const seconds = setting.quick ? 0.4 : 2;
      const figures: Figure[] = [];
      for (const width of widths) {
        for (const size of sizes) {
          const name = `${size} rows a flush, ${width} ${width === 1 ? 'connection' : 'connections'}`;
          const rounds = await takeTurns(setting, name, [
            { name: 'flush', measure: async () => ({ perSecond: await flushed(repository, size, width, seconds) }) },
            { name: bare, measure: async () => ({ perSecond: await statements.inserted(size, width, seconds) }) },
          ]);
          figures.push({ name, unit: 'rows/s', ...compare(rounds, 'flush', bare) });
        }
      }
      return {
        figures: [...figures, ...shape(figures)],
        plots: plotsOf(figures),
        postgres: await postgresSettings(admin),
      };
    }),
  );
}

const bare = 'bare UNNEST of as many';

/** Rows a second that the service's own repository stores, flush after flush, each connection in chats of its own. */
async function flushed(repository: SendRepository, size: number, width: number, seconds: number): Promise<number> {
  let stored = 0;
  const started = performance.now();
  const until = started + seconds * 1000;
  const work = async (connection: number) => {
    while (performance.now() < until) {
      const outcomes = (await repository.flush(groups(size, connection), null)).flat();
      const odd = outcomes.find(({ outcome }) => outcome !== 'stored');
      if (odd !== undefined) throw new Error(`A flush refused a message: ${odd.outcome}`);
      stored += outcomes.length;
    }
  };
  await Promise.all(Array.from({ length: width }, (_, connection) => work(connection)));
  return (stored * 1000) / (performance.now() - started);
}

let sent = 0;
const sender = { id: 1, username: 'bench', avatar_url: null };
const nobody = { userIds: [], everyone: false };

/** Single messages: each a group of its own. */
function groups(size: number, connection: number): Outgoing[][] {
  return Array.from({ length: size }, (_, index) => [
    {
      chatId: 1 + connection * chatsPerConnection + (index % chatsPerConnection),
      sender,
      content: messageText(index),
      parentId: null,
      key: `bench-${++sent}`,
      mentions: nobody,
    },
  ]);
}

/** The bars: how the ends of the curve stand to each other. */
function shape(figures: readonly Figure[]): Figure[] {
  return widths.flatMap((width, at) => {
    const rate = (size: number) => figures[at * sizes.length + sizes.indexOf(size)]!.ours;
    const against = (size: number, bar: Figure['bar']): Figure => ({
      name: `256 rows against ${size}, ${width} ${width === 1 ? 'connection' : 'connections'}`,
      unit: 'rows/s',
      ours: rate(256),
      floor: { name: `at ${size}`, value: rate(size) },
      ratio: rate(256) / rate(size),
      ...(bar && { bar }),
    });
    return [against(1, width === 1 ? leastGain : undefined), against(64, mostLoss)];
  });
}

function plotsOf(figures: readonly Figure[]) {
  const series = widths.flatMap((width, at) => {
    const points = (value: (figure: Figure) => number) =>
      sizes.map((size, index) => [size, value(figures[at * sizes.length + index]!)] as const);
    const over = `${width} ${width === 1 ? 'connection' : 'connections'}`;
    return [
      { name: `flush, ${over}`, points: points(({ ours }) => ours) },
      { name: `bare UNNEST, ${over}`, points: points(({ floor }) => floor?.value ?? 0) },
    ];
  });
  return [{ title: 'Rows a second by rows a flush', kind: 'curve' as const, x: 'rows a flush', y: 'rows/s', series }];
}
