import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Autovacuum for the queue of what message is told. */
export class ChatMaintenance1700000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- Every change of a chat is written here and deleted when message has it: nearly all of the table is dead, and
      -- whoever looks for the next change walks over it.
      ALTER TABLE chat.access_outbox SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE chat.access_outbox RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay)',
    );
  }
}
