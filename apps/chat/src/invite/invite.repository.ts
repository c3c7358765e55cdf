import { Injectable } from '@nestjs/common';
import { LessThanOrEqual, MoreThan, type Repository } from 'typeorm';
import { Database } from '#database/database.js';
import { InviteEntity } from './invite.entity.js';

/** Invites; those that have expired are as good as gone. */
@Injectable()
export class InviteRepository {
  constructor(private readonly database: Database) {}

  async insert(invite: InviteEntity): Promise<void> {
    await this.table.insert(invite);
  }

  async findOpen(code: string): Promise<InviteEntity | null> {
    return this.table.findOneBy({ code, expires_at: MoreThan(new Date()) });
  }

  /** Newest first. */
  async listOpen(workspaceId: number, limit: number): Promise<InviteEntity[]> {
    return this.table.find({
      where: { workspace_id: workspaceId, expires_at: MoreThan(new Date()) },
      order: { created_at: 'DESC', code: 'ASC' },
      take: limit,
    });
  }

  async countOpen(workspaceId: number): Promise<number> {
    return this.table.countBy({ workspace_id: workspaceId, expires_at: MoreThan(new Date()) });
  }

  /** False when the workspace has no such invite. */
  async delete(workspaceId: number, code: string): Promise<boolean> {
    const { affected } = await this.table.delete({ workspace_id: workspaceId, code });
    return affected !== 0;
  }

  async deleteExpired(workspaceId: number): Promise<void> {
    await this.table.delete({ workspace_id: workspaceId, expires_at: LessThanOrEqual(new Date()) });
  }

  private get table(): Repository<InviteEntity> {
    return this.database.dataSource.getRepository(InviteEntity);
  }
}
