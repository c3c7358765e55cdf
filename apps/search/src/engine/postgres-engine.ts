import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { stemmers } from '../text/languages.js';
import {
  activeOf,
  countedExactly,
  Engine,
  type Found,
  type Generation,
  type Hit,
  type Move,
  type Search,
  type Stems,
} from './engine.js';
import { GenerationRepository } from './generation.repository.js';
import { IndexRepository } from './index.repository.js';
import { partMark } from './lexemes.js';
import { MatchRepository } from './match.repository.js';
import { stemmedWords, tsqueryOf, withoutFilters } from './tsquery.js';
import { WordRepository } from './word.repository.js';

const knownStems = 20_000;
const generationsMs = 1_000;

/** The index in PostgreSQL. */
@Injectable()
export class PostgresEngine extends Engine {
  /** Stems never change. */
  private readonly stemsOf = new LRUCache<string, readonly string[]>({ max: knownStems });
  /** The index was complete once; from then on the active generation always is. */
  private isComplete = false;
  private known: { readonly generations: readonly Generation[]; readonly at: number } | undefined;

  constructor(
    private readonly index: IndexRepository,
    private readonly matcher: MatchRepository,
    private readonly states: GenerationRepository,
    private readonly words: WordRepository,
    private readonly budgetMs: number,
  ) {
    super();
  }

  async find(search: Search): Promise<Found> {
    const stems = await this.stems(stemmedWords(search.condition));
    const wanted = tsqueryOf(search.condition, stems);
    if (wanted === undefined) return { hits: [], total: 0, isExact: true, asOf: 0, hasMore: false, isPartial: false };
    const ranked = wanted.includes(partMark) ? null : (tsqueryOf(withoutFilters(search.condition), stems) ?? null);
    const found = await this.matcher.find({ wanted, ranked }, search, this.budgetMs);
    const total = search.after?.total ?? Math.min(found.count, countedExactly);
    const isExact = search.after?.isExact ?? (found.isAll && found.count <= countedExactly);
    const isPartial = found.isPartial || !(await this.hasAll());
    return { hits: found.hits, total, isExact, asOf: found.asOf, hasMore: found.hasMore, isPartial };
  }

  async neighbours(hits: readonly Hit[], count: number): Promise<readonly (readonly Hit[])[]> {
    return this.matcher.neighbours(activeOf(await this.generations()).id, hits, count);
  }

  async stems(words: readonly string[]): Promise<Stems> {
    const unknown = [...new Set(words)].filter((word) => !this.stemsOf.has(word));
    if (unknown.length > 0) {
      const found = await this.matcher.stems(unknown, stemmers);
      for (const word of unknown) this.stemsOf.set(word, found.get(word) ?? []);
    }
    return new Map(words.map((word) => [word, this.stemsOf.get(word) ?? []]));
  }

  /** As they were a second ago at most. */
  async generations(): Promise<readonly Generation[]> {
    if (this.known === undefined || performance.now() - this.known.at > generationsMs) {
      this.known = { generations: await this.states.list(), at: performance.now() };
    }
    return this.known.generations;
  }

  async beginGeneration(): Promise<number> {
    await this.states.begin();
    this.known = undefined;
    return (await this.generations()).at(-1)!.id;
  }

  async completeGeneration(id: number): Promise<void> {
    await this.states.complete(id);
    this.known = undefined;
  }

  async retireGenerations(): Promise<void> {
    await this.states.retireBefore(activeOf(await this.generations()).id);
    this.known = undefined;
  }

  begin(generation: number, chatId: number): Promise<number | undefined> {
    return this.index.begin(generation, chatId);
  }

  positions(generation: number, chatIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return this.index.positions(generation, chatIds);
  }

  apply(generation: number, moves: readonly Move[]): Promise<ReadonlySet<number>> {
    return this.index.apply(generation, moves);
  }

  purge(generation: number, chatId: number, expected: number): Promise<boolean> {
    return this.index.purge(generation, chatId, expected);
  }

  hasLeft(): Promise<boolean> {
    return this.words.hasLeft();
  }

  forget(): Promise<void> {
    return this.words.forget();
  }

  private async hasAll(): Promise<boolean> {
    this.isComplete ||= activeOf(await this.generations()).isComplete;
    return this.isComplete;
  }
}
