const lanes = 8;

/** What a server answered, and how long it took. */
export interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly json: unknown;
}

/** What became of a load. */
export interface Summary {
  readonly errors: number;
  readonly errorRate: number;
  readonly p99: number;
  readonly slowest: number;
  /** Each that was met, once. */
  readonly statuses: readonly number[];
}

/** Somebody who sends and reads, and remembers what was acknowledged. */
export class Person {
  readonly acknowledged: string[] = [];
  private token = '';

  constructor(
    private readonly url: string,
    private readonly account: { email: string; username: string; password: string },
  ) {}

  async register(): Promise<void> {
    const { json } = await this.ask('POST', '/api/auth/register', this.account);
    this.token = (json as { token: string }).token;
  }

  async ask(method: string, path: string, body?: object): Promise<Answer> {
    const started = performance.now();
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const json: unknown = await response.json();
    return { status: response.status, ms: performance.now() - started, json };
  }

  async send(content: string): Promise<Answer> {
    const answer = await this.ask('POST', '/api/messages', { chat_id: 1, content });
    if (answer.status === 201) this.acknowledged.push(content);
    return answer;
  }

  /** Sends and reads, eight at a time, each lane so often; prints error rate and p99. */
  async load(name: string, rounds = 15): Promise<Summary> {
    const answers: Answer[] = [];
    const lane = async (number: number) => {
      for (let round = 0; round < rounds; round++) {
        answers.push(await this.send(`${name} ${number} ${round}`));
        answers.push(await this.ask('GET', '/api/messages?chat_id=1&limit=20'));
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
    return summary(name, answers);
  }

  /** The contents of all messages of the chat. */
  async stored(): Promise<Set<string>> {
    const found = new Set<string>();
    for (let cursor = '', more = true; more;) {
      const { json } = await this.ask('GET', `/api/messages?chat_id=1&limit=100${cursor}`);
      const page = json as { messages: { content: string; seq: number }[]; has_more: boolean };
      for (const { content } of page.messages) found.add(content);
      cursor = `&before_seq=${page.messages.at(-1)?.seq}`;
      more = page.has_more;
    }
    return found;
  }
}

function summary(name: string, answers: readonly Answer[]): Summary {
  const errors = answers.filter(({ status }) => status >= 400).length;
  const sorted = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
  const errorRate = errors / answers.length;
  const rate = (100 * errorRate).toFixed(1);
  process.stdout.write(`${name}: ${answers.length} requests, ${rate} % errors, p99 ${p99.toFixed(0)} ms\n`);
  const statuses = [...new Set(answers.map(({ status }) => status))];
  return { errors, errorRate, p99, slowest: sorted.at(-1) ?? Number.NaN, statuses };
}
