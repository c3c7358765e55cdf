import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bus, Caller } from '#bus/bus.js';
import { NatsBus } from '#bus/nats-bus.js';
import type { Rpc } from '#contracts/contract.js';
import { FechatterError } from '#contracts/error.js';
import { rpcs } from '#contracts/registry.js';
import { userRpc } from '#contracts/user.contract.js';
import { configureLogging } from '#telemetry/logger.js';
import { runCommand, UsageError } from './command.js';
import { natsUrlFile } from './installation.js';

const usage = `npm run bus -- call SUBJECT [JSON] [--as EMAIL]   makes one request by hand and prints the reply
npm run bus -- list                              names every subject and who may call it

Speaks as the user with that address, otherwise as a service or, where services may not, as anyone. NATS_URL and
FECHATTER_BUS_SECRET say where; unless they are given, those of the start:distributed on FECHATTER_DATA_DIR (./data).

  npm run bus -- call auth.user.find_by_email '{"email":"ada@example.com"}'
  npm run bus -- call message.inbox --as ada@example.com`;

const timeoutMs = 5_000;
const service = { kind: 'service', service: 'cli' } as const;

await runCommand(usage, { as: { type: 'string' } }, async (values, [verb, subject, json = '{}', ...rest]) => {
  if (verb === 'list') return list();
  if (verb !== 'call' || subject === undefined || rest.length > 0)
    throw new UsageError('Say what to do: list, or call with a subject.');
  const contract = rpcs.find((rpc) => rpc.subject === subject);
  if (contract === undefined) throw new Error(`There is no subject "${subject}": npm run bus -- list names them.`);
  const request = parse(json);
  // The connection's own messages would stand between request and reply.
  configureLogging('error', 'bus');
  const bus = await NatsBus.connect({ url: natsUrl(), secret: busSecret(), name: 'cli' });
  try {
    return await call(bus, contract, request, values.as);
  } finally {
    await bus.close();
  }
});

function list(): number {
  const width = Math.max(...rpcs.map((rpc) => rpc.subject.length));
  process.stdout.write(rpcs.map((rpc) => `${rpc.subject.padEnd(width)}  ${rpc.caller.join(', ')}\n`).join(''));
  return 0;
}

async function call(bus: Bus, contract: Rpc, request: unknown, email: string | undefined): Promise<number> {
  try {
    const caller = await callerOf(bus, contract, email);
    const context = { caller, requestId: randomUUID(), deadline: Date.now() + timeoutMs };
    print('subject', `rpc.${contract.subject}`);
    print('caller', JSON.stringify(caller));
    print('request id', context.requestId);
    print('deadline', new Date(context.deadline).toISOString());
    print('request', JSON.stringify(request));
    const reply = await bus.call(contract, request, { within: context, timeoutMs });
    print('reply', JSON.stringify(reply, null, 2));
    return 0;
  } catch (error) {
    if (!(error instanceof FechatterError)) throw error;
    print('error', `${error.code}: ${error.message}`);
    for (const { field, reason } of error.details) print('', `${field}: ${reason}`);
    return 1;
  }
}

async function callerOf(bus: Bus, contract: Rpc, email: string | undefined): Promise<Caller> {
  if (email === undefined) {
    if (contract.caller.includes('service')) return service;
    if (contract.caller.includes('anyone')) return { kind: 'anyone' };
    throw new Error(`Only users may call ${contract.subject}: say who by --as EMAIL.`);
  }
  const { user } = await bus.call(userRpc.findByEmail, { email }, { as: service });
  if (user === null) throw new FechatterError('NOT_FOUND', `Nobody has the address ${email}.`);
  // A session that nobody has: what acts on "this session" meets none.
  const session_id = Number.MAX_SAFE_INTEGER;
  return { kind: 'user', user_id: user.id, session_id, expires_at: Math.floor(Date.now() / 1000) + 60 };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UsageError(`The request is not JSON: ${(error as Error).message}`, { cause: error });
  }
}

function natsUrl(): string {
  return process.env.NATS_URL ?? stored(natsUrlFile(dataDir()), 'NATS_URL');
}

function busSecret(): string {
  return process.env.FECHATTER_BUS_SECRET ?? stored(join(dataDir(), 'bus-secret'), 'FECHATTER_BUS_SECRET');
}

function dataDir(): string {
  return process.env.FECHATTER_DATA_DIR ?? './data';
}

function stored(file: string, variable: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new Error(`No start:distributed has run on ${dataDir()}: start it, or give ${variable}.`, { cause });
  }
}

function print(label: string, value: string): void {
  process.stdout.write(`${label.padEnd(10)}  ${value}\n`);
}
