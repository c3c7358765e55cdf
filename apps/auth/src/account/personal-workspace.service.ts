import { Injectable } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import type { AccountRow } from './account.repository.js';

const timeoutMs = 3_000;

/** Asks chat for the place where a user can write at once. */
@Injectable()
export class PersonalWorkspaceService {
  constructor(private readonly bus: Bus) {}

  /** Done when workspace and channel are usable; throws what chat throws, UNAVAILABLE when it does not answer. */
  async ensure({ id, username }: Pick<AccountRow, 'id' | 'username'>): Promise<void> {
    const as = { kind: 'service', service: 'auth' } as const;
    await this.bus.call(workspaceRpc.ensurePersonal, { user_id: id, username }, { as, timeoutMs });
  }
}
