import { parseArgs } from 'node:util';
import { Agent, request } from 'node:http';
import { Progress } from '../../apps/cli/progress.js';

const usage = `npm run load:plan [-- --url http://localhost:8080] [--concurrency 100] [--rounds 10000]

The load plan of the performance guide as it stands: log in as test@example.com and send one message into chat 1, many
at once. The server must have been started with demo data (FECHATTER_DEMO=true npm start). Exit status 1 on any failure.`;

export interface PlanResult {
  readonly rounds: number;
  readonly failures: readonly string[];
  /** Milliseconds of every login and every send, ascending. */
  readonly logins: readonly number[];
  readonly sends: readonly number[];
  readonly seconds: number;
}

/** Runs the plan against a server. Sends are stored when they are answered with 201. */
export async function runPlan(
  url: string,
  concurrency: number,
  rounds: number,
  onRound: (done: number) => void,
): Promise<PlanResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const post = (path: string, body: string, token?: string) => postJson(agent, new URL(path, url), body, token);
  const result = { rounds, failures: [] as string[], logins: [] as number[], sends: [] as number[], seconds: 0 };
  const started = performance.now();
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next++ < rounds) {
      try {
        const login = await post('/api/auth/login', '{"email":"test@example.com","password":"password"}');
        if (login.status !== 200) throw new Error(`login: ${login.status} ${login.text.slice(0, 200)}`);
        result.logins.push(login.ms);
        const { token } = JSON.parse(login.text) as { token: string };
        const sent = await post('/api/messages', '{"chat_id":1,"content":"Load test message"}', token);
        if (sent.status !== 201) throw new Error(`send: ${sent.status} ${sent.text.slice(0, 200)}`);
        result.sends.push(sent.ms);
      } catch (error) {
        result.failures.push(error instanceof Error ? error.message : String(error));
      }
      onRound(++done);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  agent.destroy();
  result.logins.sort((a, b) => a - b);
  result.sends.sort((a, b) => a - b);
  return { ...result, seconds: (performance.now() - started) / 1000 };
}

function postJson(agent: Agent, url: URL, body: string, token: string | undefined) {
  const started = performance.now();
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  return new Promise<{ status: number; text: string; ms: number }>((resolve, reject) => {
    const call = request(url, { agent, method: 'POST', headers, timeout: 30_000 }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, ms: performance.now() - started }));
    });
    call.on('timeout', () => call.destroy(new Error('no answer within 30 s')));
    call.on('error', reject);
    call.end(body);
  });
}

function percentiles(sorted: readonly number[]): string {
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms  p90 ${at(0.9)} ms  p99 ${at(0.99)} ms  max ${at(1)} ms`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://localhost:8080' },
      concurrency: { type: 'string', default: '100' },
      rounds: { type: 'string', default: '10000' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const rounds = Number(values.rounds);
  const progress = new Progress('rounds');
  const result = await runPlan(values.url, Number(values.concurrency), rounds, (done) =>
    progress.show(done / rounds, done),
  );
  progress.show(1, rounds, true);
  process.stdout.write(
    `${rounds} rounds at ${values.concurrency} at once in ${result.seconds.toFixed(1)} s, ${result.failures.length} failed\n` +
      `login  ${percentiles(result.logins)}\nsend   ${percentiles(result.sends)}\n`,
  );
  for (const failure of result.failures.slice(0, 5)) process.stdout.write(`  ${failure}\n`);
  return result.failures.length === 0 ? 0 : 1;
}

if (import.meta.url === new URL(process.argv[1] ?? '', 'file://').href) process.exitCode = await main();
