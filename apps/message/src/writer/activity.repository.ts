import { Inject, Injectable } from '@nestjs/common';
import { LessThan } from 'typeorm';
import { Database } from '#database/database.js';
import { ChatActivityEntity } from './chat-activity.entity.js';

/** When chats were active. */
@Injectable()
export class ActivityRepository {
  constructor(@Inject(Database) private readonly database: Database) {}

  async forgetBefore(minute: Date): Promise<void> {
    await this.database.dataSource.getRepository(ChatActivityEntity).delete({ minute: LessThan(minute) });
  }
}
