import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Bus } from '#bus/bus.js';
import { userRpc } from '#contracts/user.contract.js';
import { self } from '../self.js';
import { chunksOf } from './chunk.js';

const mostRemembered = 50_000;

/** The users who stand for the senders of imported lines. They never change, so what is known stays known. */
@Injectable()
export class PlaceholderService {
  private readonly known = new LRUCache<string, number>({ max: mostRemembered });

  constructor(private readonly bus: Bus) {}

  /** User ids by name; auth makes those that are missing. */
  async ensure(workspaceId: number, names: Iterable<string>): Promise<Map<string, number>> {
    const ids = new Map<string, number>();
    const missing: string[] = [];
    for (const name of new Set(names)) {
      const id = this.known.get(keyOf(workspaceId, name));
      if (id === undefined) missing.push(name);
      else ids.set(name, id);
    }
    for (const chunk of chunksOf(missing)) {
      const request = { workspace_id: workspaceId, names: chunk };
      const { user_ids } = await this.bus.call(userRpc.ensurePlaceholders, request, { as: self });
      for (const [index, name] of chunk.entries()) {
        const id = user_ids[index];
        if (id === undefined) throw new Error('auth has answered fewer placeholders than were asked for');
        this.known.set(keyOf(workspaceId, name), id);
        ids.set(name, id);
      }
    }
    return ids;
  }
}

function keyOf(workspaceId: number, name: string): string {
  return `${workspaceId} ${name}`;
}
