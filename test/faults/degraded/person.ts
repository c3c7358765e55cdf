import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { ErrorBody } from '#contracts/error.js';
import { eventually } from '#testing/eventually.js';
import { summaryOf, type Answer, type Summary } from './summary.js';

/** By when everything is answered: the deadline that a gateway gives to a call, and what a busy machine adds. */
export const boundMs = 6_500;

const lanes = 8;
/** How long a lane waits after an error. */
const breathMs = 20;

/** Somebody who sends and reads, and remembers what was acknowledged. */
export class Person {
  readonly acknowledged: string[] = [];
  chatId = 1;
  token = '';
  private sent = 0;
  /** The keys of the messages of which nobody knows whether they are stored, by their content. */
  private readonly unknown = new Map<string, string>();

  constructor(
    readonly url: string,
    private readonly account: { email: string; username: string; password: string },
  ) {}

  async register(): Promise<void> {
    this.keep(await this.ask('POST', '/api/auth/register', this.account));
    const { json } = await this.ask('GET', '/api/chats');
    this.chatId = (json as { chats: { id: number }[] }).chats[0]!.id;
  }

  /** Goes on with a token that the gateway has never seen. */
  async signIn(): Promise<void> {
    const { email, password } = this.account;
    this.keep(await this.ask('POST', '/api/auth/login', { email, password }));
  }

  async ask(method: string, path: string, body?: object): Promise<Answer> {
    const started = performance.now();
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.token !== '' && { authorization: `Bearer ${this.token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    const json: unknown = await response.json();
    const isInForm = response.status < 400 || ErrorBody.safeParse(json).success;
    return { status: response.status, ms: performance.now() - started, json, isInForm };
  }

  /** Each content is another one. */
  async send(about: string): Promise<Answer> {
    const content = `${about} ${++this.sent}`;
    this.unknown.set(content, randomUUID());
    return this.repeat(content);
  }

  read(): Promise<Answer> {
    return this.ask('GET', `/api/messages?chat_id=${this.chatId}&limit=20`);
  }

  /** Sends again what was not acknowledged, each under its key. */
  async settle(): Promise<void> {
    for (const content of this.unknown.keys()) {
      const { status } = await this.repeat(content);
      if (status !== 201) throw new Error(`"${content}" is answered with ${status}`);
    }
  }

  /** Sends and reads, eight at a time, each lane so often; prints error rate and p99. Half a round is one of both. */
  load(name: string, rounds = 15): Promise<Summary> {
    return this.goOn(name, (step) => step < 2 * rounds);
  }

  /** Sends and reads, eight at a time, until the work is done. */
  async loadDuring(name: string, work: () => Promise<void>): Promise<Summary> {
    let isDone = false;
    const loading = this.goOn(name, () => !isDone);
    await work().finally(() => (isDone = true));
    return loading;
  }

  /** How often each content is in the chat. */
  async stored(): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (let cursor = '', more = true; more;) {
      const { json } = await this.ask('GET', `/api/messages?chat_id=${this.chatId}&limit=100${cursor}`);
      const page = json as { messages: { content: string; seq: number }[]; has_more: boolean };
      for (const { content } of page.messages) found.set(content, (found.get(content) ?? 0) + 1);
      cursor = `&before_seq=${page.messages.at(-1)?.seq}`;
      more = page.has_more;
    }
    return found;
  }

  private keep({ json }: Answer): void {
    this.token = (json as { token: string }).token;
  }

  private async repeat(content: string): Promise<Answer> {
    const idempotency_key = this.unknown.get(content);
    const answer = await this.ask('POST', '/api/messages', { chat_id: this.chatId, content, idempotency_key });
    if (answer.status === 201) {
      this.unknown.delete(content);
      this.acknowledged.push(content);
    }
    return answer;
  }

  private async goOn(name: string, goesOn: (step: number) => boolean): Promise<Summary> {
    const answers: Answer[] = [];
    const lane = async (number: number) => {
      for (let step = 0; goesOn(step); step++) {
        const answer = await ((number + step) % 2 === 0 ? this.send(name) : this.read());
        answers.push(answer);
        if (answer.status >= 400) await pause(breathMs);
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
    return summaryOf(name, answers);
  }
}

/** Waits until what was away answers, which has to come by itself within some seconds. */
export async function untilServed(ask: () => Promise<Answer>, what: string): Promise<void> {
  await eventually(async () => (await ask()).status < 300, what, 10_000);
}
