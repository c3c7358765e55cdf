import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Autovacuum for the tables that change with every message, and what an import calls when it is done: the service is not
 * the owner of the tables, and only owners may analyze.
 */
export class MessageMaintenance1700000000006 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      -- One row a chat, updated by every flush: dead versions go before they fill the page.
      ALTER TABLE message.chat_heads SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
      ALTER TABLE message.message_status SET (autovacuum_vacuum_scale_factor = 0.02);
      ALTER TABLE message.inbox_heads SET (autovacuum_vacuum_scale_factor = 0.02);
      -- Only ever appended to: pages become all-visible soon, and statistics follow the newest chats.
      ALTER TABLE message.messages SET (
        autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02
      );
      ALTER TABLE message.message_changes SET (
        autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02
      );

      CREATE FUNCTION message.analyze_log() RETURNS void LANGUAGE sql SECURITY DEFINER
        SET search_path = pg_catalog, pg_temp AS $$
        ANALYZE message.messages, message.chat_heads, message.import_keys
      $$;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP FUNCTION message.analyze_log();
      ALTER TABLE message.message_changes RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
      ALTER TABLE message.messages RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
      ALTER TABLE message.inbox_heads RESET (autovacuum_vacuum_scale_factor);
      ALTER TABLE message.message_status RESET (autovacuum_vacuum_scale_factor);
      ALTER TABLE message.chat_heads RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);
    `);
  }
}
