import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Autovacuum for the tables that change with every batch of the index. */
export class SearchMaintenance1700000000003 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- One row a chat and some a month of a workspace, updated by every batch: dead versions go before they fill the
      -- page.
      ALTER TABLE search.positions SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
      ALTER TABLE search.slices SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
      -- A queue: rows go within minutes, and whoever looks for the next would walk over those that are gone.
      ALTER TABLE search.left_words SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
      -- As long as the log, and changed with every reaction, reply and pin: a fifth of it would be millions of dead
      -- rows, which a search finds in the GIN index. What an import brings is known to the planner soon.
      ALTER TABLE search.indexed_messages SET (
        autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05,
        autovacuum_analyze_scale_factor = 0.02
      );
      -- The same for the words, which come with new messages and go with edited and deleted ones.
      ALTER TABLE search.words SET (
        autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.05,
        autovacuum_analyze_scale_factor = 0.02
      );
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const growing =
      'autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor';
    await queryRunner.query(`
      ALTER TABLE search.words RESET (${growing});
      ALTER TABLE search.indexed_messages RESET (${growing});
      ALTER TABLE search.left_words RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);
      ALTER TABLE search.slices RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);
      ALTER TABLE search.positions RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);
    `);
  }
}
