import { exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { do_not_optimize, measure } from 'mitata';
import { LocalBus } from '#bus/local-bus.js';
import { authRpc } from '#contracts/auth.contract.js';
import { LogEntry } from '#contracts/log.contract.js';
import { SendMessage } from '#contracts/message.contract.js';
import { userRpc } from '#contracts/user.contract.js';
import { KeyStore } from '../../../apps/gateway/src/security/key-store.js';
import { SessionRevocations } from '../../../apps/gateway/src/security/session-revocations.js';
import { TokenVerifier } from '../../../apps/gateway/src/security/token-verifier.js';
import { parseClientFrame } from '../../../apps/gateway/src/realtime/connection/client-frame.js';
import { EntryFrame } from '../../../apps/gateway/src/realtime/connection/frame.js';
import { SenderService } from '../../../apps/message/src/sender/sender.service.js';
import type { Figure, Setting } from '../bench.js';
import { median } from '../statistics.js';

/** Pieces of code that run for every message, each against the bare library or language that it rests on. */
export async function codeTimes(setting: Setting): Promise<Figure[]> {
  const bus = new LocalBus({ freeze: false });
  const figures: Figure[] = [];
  for (const pair of await pairs(bus)) figures.push(await compareTimes(setting, pair));
  await bus.close();
  return figures;
}

/** Both in turn, so that what else the machine does hits both. */
async function compareTimes({ quick, say }: Setting, { name, ours, floor, bare }: Pair): Promise<Figure> {
  say(name);
  const [mine, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < (quick ? 2 : 5); round++) {
    mine.push(await nanoseconds(ours, quick));
    theirs.push(await nanoseconds(bare, quick));
  }
  const ratio = median(mine.map((time, round) => time / theirs[round]!));
  return { name, unit: 'ns', ours: median(mine), floor: { name: floor, value: median(theirs) }, ratio };
}

const strangerCount = 20_000;

interface Pair {
  readonly name: string;
  readonly ours: () => unknown;
  readonly floor: string;
  readonly bare: () => unknown;
}

async function pairs(bus: LocalBus): Promise<Pair[]> {
  const body = '{"content":"Hello, world!","chat_id":1}';
  const frame = '{"type":"send","ref":7,"content":"Hello, world!","chat_id":1}';
  const user = { id: 1, username: 'ada', avatar_url: null };
  const entry = LogEntry.parse({ type: 'message.created', chat_id: 1, seq: 2, data: { message: message(user) } });

  bus.serve(userRpc.getMany, async () => ({ users: [user] }), { queue: 'auth' });
  const senders = new SenderService(bus);
  await senders.get([1]);
  const users = new Map([[1, user]]);

  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const token = await sign(privateKey);
  const { kty = '', crv = '', x = '' } = await exportJWK(publicKey);
  const keys = [{ kty, crv, x, kid: 'key-1', alg: 'EdDSA' as const, use: 'sig' as const }];
  bus.serve(authRpc.listKeys, async () => ({ keys }), { queue: 'auth' });
  bus.serve(authRpc.listRevocations, async () => ({ revocations: [], last_id: 0 }), { queue: 'auth' });
  const verifier = new TokenVerifier(new KeyStore(bus), new SessionRevocations(bus));
  await verifier.verify(token);
  // Each token is checked once only: so many that none comes back before the end of a short measurement.
  const strangers = await Promise.all(
    Array.from({ length: strangerCount }, (_, number) => sign(privateKey, number + 1)),
  );
  let seen = 0;
  const verifyStranger = () => verifier.verify(strangers[seen++ % strangerCount]!);

  const parse = { floor: 'bare JSON.parse', bare: () => JSON.parse(body) as unknown };
  const jose = { floor: 'bare jose jwtVerify', bare: () => jwtVerify(token, publicKey, { algorithms: ['EdDSA'] }) };
  const encode = { floor: 'bare Buffer.from(JSON.stringify)', bare: () => Buffer.from(JSON.stringify(entry)) };
  return [
    { name: 'message parsing, body', ours: () => SendMessage.parse(JSON.parse(body)), ...parse },
    { name: 'message parsing, frame', ours: () => parseClientFrame(frame), ...parse },
    { name: 'cache get, a sender', ours: () => senders.getKnown([1]), floor: 'bare Map', bare: () => users.get(1) },
    { name: 'token check, first time', ours: verifyStranger, ...jose },
    { name: 'token check, remembered', ours: () => verifier.verify(token), ...jose },
    { name: 'frame encoding, whole WebSocket frame', ours: () => new EntryFrame(entry).webSocket, ...encode },
  ];
}

function sign(key: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'], sid = 70): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: 'fechatter', aud: 'fechatter', sub: '7', sid, iat: now, exp: now + 600 };
  return new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: 'key-1' }).sign(key);
}

function message(sender: object) {
  const at = '2026-01-01T12:00:00.000Z';
  const numbers = { id: 1, chat_id: 1, seq: 2, ordinal: 1, version: 2, sender_id: 1, parent_id: null, reply_count: 0 };
  const lists = { mentions: [], reactions: [], idempotency_key: null };
  const times = { edited_at: null, deleted_at: null, created_at: at, updated_at: at };
  const content = 'Has anybody seen why the build fails on the second run only?';
  return { ...numbers, ...lists, ...times, sender, content };
}

/** The median time of one run, by mitata. */
async function nanoseconds(work: () => unknown, quick: boolean): Promise<number> {
  const options = quick ? { min_cpu_time: 50e6 } : { min_cpu_time: 250e6 };
  const run = () => {
    const result = work();
    do_not_optimize(result);
    return result;
  };
  return (await measure(run, options)).p50;
}
