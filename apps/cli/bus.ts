import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Caller } from '#bus/bus.js';
import { NatsBus } from '#bus/nats-bus.js';
import { FechatterError } from '#contracts/error.js';
import { rpcs } from '#contracts/registry.js';
import { userRpc } from '#contracts/user.contract.js';

const usage = `npm run bus -- call SUBJECT [JSON] [--as EMAIL]      makes one request by hand and prints the reply
npm run bus -- list                                 names every subject

Speaks as the user with that address, otherwise as a service. NATS_URL says where (nats://127.0.0.1:4222), the secret is
FECHATTER_BUS_SECRET or what lies in FECHATTER_DATA_DIR. Works beside npm run start:distributed.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { as: { type: 'string' }, help: { type: 'boolean', default: false } },
  });
  const [verb, subject, json = '{}'] = positionals;
  if (values.help) return print(usage, 0);
  if (verb === 'list') return print(rpcs.map((rpc) => rpc.subject).join('\n'), 0);
  const contract = rpcs.find((rpc) => rpc.subject === subject);
  if (verb !== 'call' || subject === undefined) return print(usage, 2);
  if (contract === undefined) return print(`There is no subject "${subject}": npm run bus -- list names them.`, 2);

  const bus = await NatsBus.connect({
    url: process.env.NATS_URL ?? 'nats://127.0.0.1:4222',
    secret: process.env.FECHATTER_BUS_SECRET ?? storedSecret(),
    name: 'cli',
  });
  try {
    const caller = await callerOf(bus, values.as);
    process.stdout.write(`subject  rpc.${subject}\ncaller   ${JSON.stringify(caller)}\nrequest  ${json}\n`);
    const reply = await bus.call(contract, JSON.parse(json), { as: caller });
    return print(`reply    ${JSON.stringify(reply, null, 2)}`, 0);
  } catch (error) {
    if (!(error instanceof FechatterError)) throw error;
    return print(`error    ${error.code}: ${error.message} ${JSON.stringify(error.details)}`, 1);
  } finally {
    await bus.close();
  }
}

async function callerOf(bus: NatsBus, email: string | undefined): Promise<Caller> {
  const service = { kind: 'service', service: 'cli' } as const;
  if (email === undefined) return service;
  const { user } = await bus.call(userRpc.findByEmail, { email }, { as: service });
  if (user === null) throw new FechatterError('NOT_FOUND', `Nobody has the address ${email}.`);
  const expires_at = Math.floor(Date.now() / 1000) + 60;
  return { kind: 'user', user_id: user.id, session_id: 1, expires_at };
}

function storedSecret(): string {
  return readFileSync(join(process.env.FECHATTER_DATA_DIR ?? './data', 'bus-secret'), 'utf8').trim();
}

function print(text: string, code: number): number {
  (code === 2 ? process.stderr : process.stdout).write(`${text}\n`);
  return code;
}

process.exitCode = await main();
