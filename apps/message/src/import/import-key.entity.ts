import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An imported line: repeating it in the workspace adds nothing. */
@Entity({ schema: 'message', name: 'import_keys' })
export class ImportKeyEntity {
  @PrimaryColumn({ name: 'workspace_id', type: 'bigint', primaryKeyConstraintName: 'import_keys_pkey' })
  workspaceId!: number;

  @PrimaryColumn({ name: 'import_id', type: 'text', primaryKeyConstraintName: 'import_keys_pkey' })
  importId!: string;

  @Column({ name: 'chat_id', type: 'bigint' })
  chatId!: number;
}
