import { z } from 'zod';
import { rpc } from './contract.js';
import { Id, MessageContent, text } from './scalar.js';
import { ChatName } from './chat.contract.js';

/** Longest line of an import, in bytes of UTF-8. */
export const maxImportLineBytes = 128 * 1024;

/** One line of an import. `ts` is epoch seconds or RFC 3339; the original time is kept. */
export const ImportLine = z
  .strictObject({
    chat: ChatName,
    sender: text(1, 256).refine((name) => name.trim() !== '', { error: 'Must not be blank' }),
    ts: z.union([z.number().min(0).max(253_402_300_799), z.iso.datetime({ offset: true })]),
    text: MessageContent,
    id: text(1, 128).optional().describe('Unique in the workspace: repeating a line with the same id adds nothing'),
  })
  .meta({ id: 'ImportLine' });
export type ImportLine = z.infer<typeof ImportLine>;

export const ImportCounts = z.strictObject({
  imported: z.int().describe('Lines that were stored now'),
  skipped: z.int().describe('Lines that were there already'),
});

export const ImportResult = ImportCounts.extend({
  failed: z.int().describe('Lines that were refused'),
  errors: z
    .array(z.strictObject({ line: z.int(), reason: z.string() }))
    .describe('The first 100 refused lines, numbered from 1 in this request'),
}).meta({ id: 'ImportResult' });
export type ImportResult = z.infer<typeof ImportResult>;

/** What became of a chunk. */
export const ImportedLines = ImportCounts.extend({
  refused: z
    .array(z.strictObject({ index: z.int().min(0), reason: z.string() }))
    .describe('Lines that cannot be taken, by their place in the chunk, in order'),
});
export type ImportedLines = z.infer<typeof ImportedLines>;

export const importRpc = {
  /** chat: a chunk of an import, in order. Owners of the workspace only. Makes channels and placeholder users as needed. */
  lines: rpc(
    'chat.import.lines',
    'user',
    z.strictObject({ workspace_id: Id, lines: z.array(ImportLine).min(1).max(1000) }),
    ImportedLines,
  ),
  /** message: appends to one chat's log in the given order with the original times. `importer_id` gets it as read. */
  messages: rpc(
    'message.import',
    'service',
    z.strictObject({
      chat_id: Id,
      workspace_id: Id,
      importer_id: Id,
      messages: z
        .array(
          z.strictObject({
            sender_id: Id,
            created_at: z.iso.datetime({ precision: 3 }),
            content: MessageContent,
            import_id: text(1, 128).nullable(),
          }),
        )
        .min(1)
        .max(1000),
    }),
    ImportCounts,
  ),
} as const;
