import { setTimeout as pause } from 'node:timers/promises';
import { GenerationRepository } from '../../search/src/engine/generation.repository.js';
import { activeOf } from '../../search/src/engine/engine.js';
import { runCommand, UsageError } from '../command.js';
import { IndexStateRepository, pieceLength, type Piece } from './index-state.repository.js';
import { withSearchDatabase } from './search-database.js';

const usage = `npm run search:verify

Compares the search index with the messages: every message that was not deleted must be in it once, as it is now, and
nothing else, with its reactions, replies and pins. Chats are waited for until they are indexed as far as their logs
reached at first; what comes later is not compared. The exit status is 1 when something differs. Needs
DATABASE_OWNER_URL, or the installation in FECHATTER_DATA_DIR (./data).`;

const tries = 60;
const retryMs = 500;

await runCommand(usage, {}, async (_values, more) => {
  if (more.length > 0) throw new UsageError('This command takes no arguments.');
  return withSearchDatabase(async (database) => {
    const state = new IndexStateRepository(database);
    const generation = activeOf(await new GenerationRepository(database).list()).id;
    let [chats, messages, wrong] = [0, 0, 0];
    for (let ids = await state.chatsAfter(0); ids.length > 0; ids = await state.chatsAfter(ids.at(-1)!)) {
      for (const chatId of ids) {
        for await (const piece of piecesOf(state, generation, chatId)) {
          messages += piece.messages;
          wrong += report(piece);
        }
        chats++;
      }
    }
    process.stdout.write(`${chats} chats, ${messages} messages, ${wrong} differences\n`);
    return wrong === 0 ? 0 : 1;
  });
});

/** What the index and the messages of a chat differ in, piece by piece. */
async function* piecesOf(state: IndexStateRepository, generation: number, chatId: number): AsyncGenerator<Piece> {
  let [seq, id, tried] = [0, 0, 0];
  let head: number | undefined;
  for (;;) {
    const piece = await state.compare(generation, chatId, seq, id);
    if (piece === undefined) return;
    head ??= piece.head;
    if (piece.position < head && ++tried < tries) {
      await pause(retryMs);
      continue;
    }
    // What is not indexed by now is told once.
    yield { ...piece, head };
    if (piece.position < head || piece.messages < pieceLength) return;
    [seq, id] = [piece.last_seq!, piece.last_id!];
  }
}

function report({ chat_id, head, position, missing, surplus, different }: Piece): number {
  if (position < head) {
    process.stdout.write(`chat ${chat_id}: is not indexed to its end\n`);
    return 1;
  }
  const count = missing + surplus + different;
  if (count > 0)
    process.stdout.write(`chat ${chat_id}: ${missing} missing, ${surplus} too many, ${different} different\n`);
  return count;
}
