import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Bus, type Caller } from '#bus/bus.js';
import { userRpc } from '#contracts/user.contract.js';
import { parseMentions } from '#domain/mention.js';
import { Logger } from '#telemetry/logger.js';

/** Whom a text names. Whether they are members is seen when it is stored. */
export interface Mentions {
  readonly userIds: readonly number[];
  /** By @chat or @here. */
  readonly everyone: boolean;
}

const knownMs = 60_000;
/** A name that nobody has may be taken at any moment. */
const unknownMs = 5_000;
const mostKnown = 50_000;
/** Nobody waits longer than this for names; the message goes without them. */
const lookUpMs = 1_000;
const mostPerCall = 500;
const nobody = 0;
const self: Caller = { kind: 'service', service: 'message' };

/** Finds the users whom a text names. */
@Injectable()
export class MentionService {
  private readonly logger = new Logger('message.mention');
  private readonly ids = new LRUCache<string, number>({ max: mostKnown, ttl: knownMs });

  constructor(@Inject(Bus) private readonly bus: Bus) {}

  /** Never fails: while auth does not answer, names that are not remembered stay mere text. */
  async find(content: string): Promise<Mentions> {
    const { names, everyone } = parseMentions(content);
    if (names.length === 0) return { userIds: [], everyone };
    const known = await this.lookUp([...new Set(names.flat())]);
    const userIds = names.flatMap((candidates) => {
      const id = candidates.map((name) => known.get(name) ?? nobody).find((candidate) => candidate !== nobody);
      return id === undefined ? [] : [id];
    });
    return { userIds: [...new Set(userIds)], everyone };
  }

  private async lookUp(names: readonly string[]): Promise<Map<string, number>> {
    const known = new Map<string, number>();
    const missing: string[] = [];
    for (const name of names) {
      const id = this.ids.get(name);
      if (id === undefined) missing.push(name);
      else known.set(name, id);
    }
    if (missing.length === 0) return known;
    try {
      const usernames = missing.slice(0, mostPerCall);
      const { users } = await this.bus.call(userRpc.findByNames, { usernames }, { as: self, timeoutMs: lookUpMs });
      const found = new Map(users.map((user) => [user.username.toLowerCase(), user.id]));
      for (const name of usernames) {
        const id = found.get(name) ?? nobody;
        known.set(name, id);
        this.ids.set(name, id, { ttl: id === nobody ? unknownMs : knownMs });
      }
    } catch (error) {
      this.logger.warn('Names in a message stay unresolved because auth does not answer', {
        reason: error instanceof Error ? error.message : String(error),
      });
    }
    return known;
  }
}
