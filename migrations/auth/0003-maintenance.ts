import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Autovacuum for the tables whose rows live shortly. */
export class AuthMaintenance1700000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- Every refresh adds one, updates one and deletes those of before.
      ALTER TABLE auth.refresh_tokens SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
      -- One for each connection, gone when it is used: thousands in a minute when everybody comes back at once.
      ALTER TABLE auth.tickets SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE auth.tickets RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);
      ALTER TABLE auth.refresh_tokens RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);
    `);
  }
}
