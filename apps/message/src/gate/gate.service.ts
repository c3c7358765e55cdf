import { Injectable } from '@nestjs/common';
import { Turn } from '#bus/turn.js';
import { currentSpan } from '#telemetry/current-span.js';
import type { RecordedSpan } from '#telemetry/span.js';
import { onBehalfOf } from '#telemetry/tracing.js';
import { GateMemory } from './gate.memory.js';
import { GateRepository, type Question } from './gate.repository.js';

const mostPerLookUp = 1_000;

interface Waiting extends Question {
  readonly span: RecordedSpan | undefined;
  readonly resolve: (lastSeq: number | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Says whether a user may read a chat now, and where its log ends. All who ask in one turn share one statement. */
@Injectable()
export class GateService {
  private readonly turn = new Turn<Waiting>((waiting) => this.lookUpAll(waiting));

  constructor(
    private readonly gates: GateRepository,
    private readonly memory: GateMemory,
  ) {}

  /** The last seq of the chat's log as it was after the call began; undefined for users who are not present. */
  lastSeq(userId: number, chatId: number): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      this.turn.add({ userId, chatId, span: currentSpan(), resolve, reject });
    });
  }

  private lookUpAll(waiting: readonly Waiting[]): void {
    for (let start = 0; start < waiting.length; start += mostPerLookUp) {
      void this.lookUp(waiting.slice(start, start + mostPerLookUp));
    }
  }

  private async lookUp(waiting: readonly Waiting[]): Promise<void> {
    const since = this.memory.now;
    try {
      const spans = waiting.map(({ span }) => span);
      const answers = await onBehalfOf(spans, () => this.gates.lastSeqs(waiting));
      for (const [index, { userId, chatId, resolve }] of waiting.entries()) {
        const lastSeq = answers[index];
        if (lastSeq !== undefined) this.memory.remember(since, userId, chatId, lastSeq);
        resolve(lastSeq);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
