import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Server, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { routes } from '#contracts/http/routes.js';
import { sql } from '#database/statement.js';
import { Tally } from '#telemetry/durations.js';
import { Listener } from '#bus/listener.js';
import { startHouse, type House } from '#testing/app.js';
import { authApp } from '../../../apps/auth/src/auth.app.js';
import { chatApp } from '../../../apps/chat/src/chat.app.js';
import { HandOverService } from '../../../apps/chat/src/hand-over/hand-over.service.js';
import { gatewayApp } from '../../../apps/gateway/src/gateway.app.js';
import { messageApp } from '../../../apps/message/src/message.app.js';
import { searchApp } from '../../../apps/search/src/search.app.js';
import { dataSources } from '../../../apps/standalone/src/data-sources.js';
import { requests } from './requests.js';
import { World } from './world.js';

/** Written by the spec itself when UPDATE_COSTS is set. */
const goldenFile = 'test/contract/costs/costs.golden.json';

interface Cost {
  /** On the bus, counted. */
  readonly calls: string;
  /** To PostgreSQL and back, counted. */
  readonly statements: string;
}

const operations = Object.values(routes).flatMap((api) =>
  Object.values(api).map(({ method, path }) => `${method} ${path}`),
);
const golden = JSON.parse(readFileSync(goldenFile, 'utf8')) as Record<string, Cost>;
const measured: Record<string, Cost> = {};

let house: House;
let world: World;
/** What was done for which request, as the metrics are told of it. */
const done: Record<'calls' | 'statements', { request: string; name: string }[]> = { calls: [], statements: [] };

/** The id of the request in whose course something is done. */
const inProgress = new AsyncLocalStorage<string>();

/** Notes the id of each request that a server begins with; all that follows from it is done in its course. */
function followRequests(): void {
  const { emit } = Server.prototype as unknown as {
    emit: (this: Server, event: string, ...args: unknown[]) => boolean;
  };
  const followed = function (this: Server, event: string, ...args: unknown[]): boolean {
    const id = event === 'request' ? (args[0] as IncomingMessage).headers['x-request-id'] : undefined;
    const pass = () => emit.call(this, event, ...args);
    return typeof id === 'string' ? inProgress.run(id, pass) : pass();
  };
  Server.prototype.emit = followed as typeof Server.prototype.emit;
}

/** Work in the background belongs to no request, whoever has set it off. */
function leaveOut<Name extends string>(prototype: Record<Name, (...args: never[]) => unknown>, name: Name): void {
  const method = prototype[name];
  prototype[name] = function (this: object, ...args: never[]) {
    return inProgress.exit(() => method.apply(this, args));
  };
}

/** Notes for the request in progress what the metrics are told. */
function watchMetrics(): void {
  const note = Reflect.get(Tally.prototype, 'note');
  Tally.prototype.note = function (this: Tally, seconds: number): void {
    const request = inProgress.getStore();
    const { subject, operation } = this.labels;
    if (request !== undefined && subject !== undefined) done.calls.push({ request, name: subject });
    if (request !== undefined && operation !== undefined) done.statements.push({ request, name: operation });
    note.call(this, seconds);
  };
}

beforeAll(async () => {
  followRequests();
  watchMetrics();
  // Listeners are told of what was done; hand-overs of chats to the message service are shared with a loop.
  leaveOut(Listener.prototype, 'hear');
  leaveOut(HandOverService.prototype as unknown as Record<'deliverInOrder', () => unknown>, 'deliverInOrder');
  const apps = [messageApp, chatApp, authApp, searchApp, gatewayApp];
  house = await startHouse({ apps, dataSources, env: { LOG_LEVEL: 'error' } });
  world = await World.build(house.url);
}, 60_000);

afterAll(async () => {
  await house?.close();
  if (process.env.UPDATE_COSTS !== undefined) writeFileSync(goldenFile, `${JSON.stringify(measured, null, 2)}\n`);
});

async function costOf(operation: string): Promise<Cost> {
  const request = randomUUID();
  await world.ask(operation.split(' ')[0]!, await requests[operation]!(world), request);
  const counted = (seen: readonly { request: string; name: string }[], but = /^$/) => {
    const names = seen.filter((each) => each.request === request && !but.test(each.name)).map(({ name }) => name);
    return `${names.length}: ${names.sort().join(', ')}`;
  };
  return { calls: counted(done.calls), statements: counted(done.statements, /\.connect$/) };
}

it('knows a request of every operation', () => {
  expect(Object.keys(requests).sort()).toEqual([...operations].sort());
});

it.each(operations)('%s costs what costs.golden.json says, once caches are warm', async (operation) => {
  await costOf(operation);
  measured[operation] = await costOf(operation);
  if (process.env.UPDATE_COSTS === undefined) expect(measured[operation]).toEqual(golden[operation]);
});

const fillUsers = sql(
  'spec.costs.users',
  `INSERT INTO auth.users (email, username) SELECT 'many' || n || '@example.com', 'name.of.many.' || n
   FROM generate_series(1, 1500) n RETURNING id`,
);
const fillMembers = sql(
  'spec.costs.members',
  `INSERT INTO chat.workspace_users (workspace_id, user_id, role) SELECT $1, id, 'member' FROM unnest($2::bigint[]) id`,
);

it('finds users among more than a thousand at a cost that is known, too', async () => {
  const rows = await (await house.database('auth')).query<{ id: number }>(fillUsers);
  await (await house.database('chat')).query(fillMembers, [world.workspace, rows.map(({ id }) => id)]);
  const operation = 'GET /api/search/users';
  await costOf(operation);
  const cost = (measured[`${operation} of many`] = await costOf(operation));
  if (process.env.UPDATE_COSTS === undefined) expect(cost).toEqual(golden[`${operation} of many`]);
});

it('lists 500 chats with as many calls and statements as one', async () => {
  const create = async () => world.ask('POST', { path: '/api/chats', body: world.newChat() });
  while ((await world.ask('GET', { path: '/api/chats?limit=1000' })).chats.length < 500)
    await Promise.all(Array.from({ length: 20 }, create));
  expect(await costOf('GET /api/chats')).toEqual(measured['GET /api/chats']);
}, 120_000);
