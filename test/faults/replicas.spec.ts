import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort } from '#servers/free-port.js';
import { eventually } from '#testing/eventually.js';
import type { AppProcess } from './app-process.js';
import { Person } from './degraded/person.js';
import { Installation } from './installation.js';
import { FaultProxy } from './network/fault-proxy.js';
import { atNight } from './nightly.js';

let installation: Installation;
/** Between one of the two message services and PostgreSQL. */
let network: FaultProxy;
let steady: AppProcess;
let shaky: AppProcess;
let person: Person;

beforeAll(async () => {
  installation = await Installation.start();
  const database = new URL(installation.databaseUrl('message'));
  const postgres = { host: database.hostname, port: Number(database.port) };
  network = await FaultProxy.start(postgres);
  database.port = String(network.port);
  [steady, shaky] = await Promise.all([
    installation.service('message'),
    installation.service('message', { env: { DATABASE_URL: database.href } }),
    installation.service('auth'),
    installation.service('chat'),
  ]);
  const { url } = await installation.gateway();
  person = new Person(url, { email: 'keeper@example.com', username: 'keeper', password: 'a long password' });
  await person.register();
  await untilServed();
});
afterAll(async () => {
  await installation.close();
  await network.close();
});

let sent = 0;

/** Thirty sends in a row are stored: chance spares one of two replicas once in a thousand millions. */
async function untilServed(timeoutMs?: number, refused: string[] = []): Promise<void> {
  const served = async () => {
    for (let stored = 0; stored < 30; stored++) {
      const content = `message ${sent++}`;
      if ((await person.send(content)).status === 201) continue;
      refused.push(content);
      return false;
    }
    return true;
  };
  await eventually(served, 'every send is stored', timeoutMs);
}

/** The replica that was away answers alone. */
async function untilShakyServes(): Promise<void> {
  await steady.stop();
  await untilServed();
  steady = await installation.service('message');
}

it('A message service that has lost PostgreSQL leaves the sends to the other one, and comes back by itself', async () => {
  const { target } = network;
  network.target = { ...target, port: await freePort() };
  network.reset();
  await untilServed();
  network.target = target;
  await untilShakyServes();
});

atNight(
  'A message service that stands still is left out within ten seconds; what it slept through it does not do',
  async () => {
    const refused: string[] = [];
    shaky.pause();
    try {
      await untilServed(10_000, refused);
    } finally {
      shaky.resume();
    }
    await untilShakyServes();
    const stored = await person.stored();
    expect(refused.filter((content) => stored.has(content))).toEqual([]);
    expect(refused).not.toEqual([]);
  },
);
