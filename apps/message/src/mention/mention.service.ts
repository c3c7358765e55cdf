import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Bus } from '#bus/bus.js';
import { memories } from '#cache/patterns.js';
import { userRpc } from '#contracts/user.contract.js';
import { parseMentions } from '#domain/mention.js';
import { Logger } from '#telemetry/logger.js';
import { self } from '../self.js';

/** Whom a text names. Whether they are members is seen when it is stored. */
export interface Mentions {
  readonly userIds: readonly number[];
  /** By @chat or @here. */
  readonly everyone: boolean;
}

/** A name that nobody has may be taken at any moment. */
const { localMs: knownMs, negativeMs: unknownMs } = memories.mention;
const mostKnown = 50_000;
/** Nobody waits longer than this for names; the message goes without them. */
const lookUpMs = 1_000;
const mostPerCall = 500;
/** Further names that are not remembered stay mere text. */
const mostLookedUp = 2_000;
const nobody = 0;

/** Finds the users whom a text names. */
@Injectable()
export class MentionService {
  private readonly logger = new Logger('message.mention');
  private readonly ids = new LRUCache<string, number>({ max: mostKnown, ttl: knownMs });

  constructor(private readonly bus: Bus) {}

  async find(content: string): Promise<Mentions> {
    const [mentions] = await this.findAll([content]);
    return mentions ?? { userIds: [], everyone: false };
  }

  /** Those of each text. Never fails: while auth does not answer, names that are not remembered stay mere text. */
  async findAll(contents: readonly string[]): Promise<Mentions[]> {
    const parsed = contents.map(parseMentions);
    if (parsed.every(({ names }) => names.length === 0)) {
      return parsed.map(({ everyone }) => ({ userIds: [], everyone }));
    }
    const known = await this.lookUp([...new Set(parsed.flatMap(({ names }) => names.flat()))]);
    return parsed.map(({ names, everyone }) => {
      const userIds = names.flatMap((candidates) => {
        const id = candidates.map((name) => known.get(name) ?? nobody).find((candidate) => candidate !== nobody);
        return id === undefined ? [] : [id];
      });
      return { userIds: [...new Set(userIds)], everyone };
    });
  }

  private async lookUp(names: readonly string[]): Promise<Map<string, number>> {
    const known = new Map<string, number>();
    const missing: string[] = [];
    for (const name of names) {
      const id = this.ids.get(name);
      if (id === undefined) missing.push(name);
      else known.set(name, id);
    }
    const calls: Promise<void>[] = [];
    for (let start = 0; start < Math.min(missing.length, mostLookedUp); start += mostPerCall) {
      calls.push(this.ask(missing.slice(start, start + mostPerCall), known));
    }
    await Promise.all(calls);
    return known;
  }

  private async ask(usernames: string[], known: Map<string, number>): Promise<void> {
    try {
      const { users } = await this.bus.call(userRpc.findByNames, { usernames }, { as: self, timeoutMs: lookUpMs });
      // Only auth folds names as they compare. An earlier version of it does not say which name it means.
      const keyOf = (name: string) => (users[0]?.asked === undefined ? name.toLowerCase() : name);
      const found = new Map(users.map(({ asked, username, id }) => [keyOf(asked ?? username), id]));
      for (const name of usernames) {
        const id = found.get(keyOf(name)) ?? nobody;
        known.set(name, id);
        this.ids.set(name, id, { ttl: id === nobody ? unknownMs : knownMs });
      }
    } catch (error) {
      this.logger.warn('Names in a message stay unresolved because auth does not answer', {
        reason: error instanceof Error ? error.message : String(error),
      });
    }
  }
}
