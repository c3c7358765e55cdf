import { setTimeout as pause } from 'node:timers/promises';
import { GenerationRepository } from '../../search/src/engine/generation.repository.js';
import { runCommand, UsageError } from '../command.js';
import { Progress } from '../progress.js';
import { IndexStateRepository } from './index-state.repository.js';
import { withSearchDatabase } from './search-database.js';

const usage = `npm run search:reindex

Builds the search index anew from the logs, beside live traffic: the search services, which must be running, fill a new
one aside while the old one answers, and switch when it has everything. Ending this command does not end the build, and
the command shows a build that is already going on. Needs DATABASE_OWNER_URL, or the installation in FECHATTER_DATA_DIR
(./data).`;

const lookMs = 500;

await runCommand(usage, {}, async (_values, more) => {
  if (more.length > 0) throw new UsageError('This command takes no arguments.');
  return withSearchDatabase(async (database) => {
    const generations = new GenerationRepository(database);
    const state = new IndexStateRepository(database);
    await generations.begin();
    const id = (await generations.list()).at(-1)!.id;
    const shown = new Progress('entries');
    for (;;) {
      const { done, all } = await state.progress(id);
      const isComplete = (await generations.list()).some((each) => each.id === id && each.isComplete);
      shown.show(isComplete || all === 0 ? 1 : done / all, done, isComplete);
      if (isComplete) break;
      await pause(lookMs);
    }
    process.stdout.write(`The index is new: generation ${id} answers.\n`);
    return 0;
  });
});
