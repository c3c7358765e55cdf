import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from './logger.js';
import { encodeBatch } from './otlp.js';
import { droppedSpans } from './span.metrics.js';

const mostWaiting = 4_096;
const batchLength = 512;
const delayMs = 1_000;
const timeoutMs = 5_000;
/** How often a batch is offered, and how long it waits before the second time; then twice as long. */
const mostTries = 3;
const firstPauseMs = 500;

const logger = new Logger('telemetry.tracing');

/** Sends spans in batches. Bounded; a collector that is away costs spans only, and they are counted. */
export class SpanQueue {
  private waiting: string[] = [];
  private sending = 0;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private readonly ending = new AbortController();
  /** How long all of the last batches may take together. */
  private lastTime: AbortSignal | undefined;
  private complained = false;

  /** `url` ends with `/v1/traces`. */
  constructor(
    private readonly url: string,
    private readonly service: string,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** Takes an encoded span. */
  add(span: string): void {
    if (this.waiting.length + this.sending >= mostWaiting) return droppedSpans.inc();
    this.waiting.push(span);
    if (this.running !== undefined) return;
    if (this.waiting.length >= batchLength) this.running = this.sendAll();
    else this.timer ??= setTimeout(() => void (this.running ??= this.sendAll()), delayMs).unref();
  }

  /** Sends what waits, without rests between tries, as far as that is done in some seconds. */
  async stop(): Promise<void> {
    this.ending.abort();
    this.lastTime = AbortSignal.timeout(timeoutMs);
    await this.running;
    await this.sendAll();
  }

  private async sendAll(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, batchLength);
      this.sending = batch.length;
      const problem = await this.deliver(encodeBatch(this.service, batch));
      this.sending = 0;
      if (problem !== undefined) droppedSpans.inc(batch.length);
      if (problem !== undefined && !this.complained)
        logger.warn('Spans are not taken; going on without them', { reason: problem });
      this.complained = problem !== undefined;
    }
    this.running = undefined;
  }

  /** Why the collector does not take it; undefined when it has. */
  private async deliver(body: string): Promise<string | undefined> {
    let problem: string | undefined;
    for (let attempt = 0; attempt < mostTries; attempt++) {
      if (attempt > 0) await this.rest(firstPauseMs * 2 ** (attempt - 1));
      try {
        const headers = { 'content-type': 'application/json', ...this.headers };
        const signal = this.lastTime ?? AbortSignal.timeout(timeoutMs);
        const answer = await fetch(this.url, { method: 'POST', headers, body, signal });
        await answer.arrayBuffer();
        if (answer.ok) return undefined;
        problem = `HTTP ${answer.status}`;
        // It will not take it another time either.
        if (answer.status < 500 && answer.status !== 429) return problem;
      } catch (error) {
        problem = String(error instanceof Error ? (error.cause ?? error) : error);
      }
    }
    return problem;
  }

  private async rest(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }
}
