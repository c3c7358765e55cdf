import { beforeAll, describe, it } from '@jest/globals';
import fc from 'fast-check';
import { Person } from './client.js';
import { Command } from './model/command.js';
import { compareChat, compareLists, compareLooks } from './model/compare.js';
import { anyStory, type Step } from './model/steps.js';
import { World } from './model/world.js';

/** A failure names its seed. Another seed or more runs find more, as every night does (`apps/cli/test.mjs`). */
const seed = Number(process.env.MODEL_SEED ?? 20_260_101);
const numRuns = Number(process.env.MODEL_RUNS ?? 5);
/** Finding the shortest story that fails ends here. */
const limitMs = 30_000 + numRuns * 5_000;

let people: Person[];
beforeAll(async () => {
  people = await Promise.all(['ann', 'bob', 'cid', 'dee'].map((name) => Person.register(name)));
  const [owner, ...others] = people as [Person, ...Person[]];
  await Promise.all(others.map((other) => owner.admit(other)));
});

/** Stories of three worlds at a time, beside each other: each waits more than it works. */
const anyStories = fc.tuple(anyStory, anyStory, anyStory);

async function play(story: readonly Step[]): Promise<void> {
  const world = await World.create(people);
  try {
    for (const chat of world.chats) await world.look(chat);
    await compareLists(world);
    await fc.asyncModelRun(
      () => ({ model: world, real: world }),
      story.map((step) => new Command(step)),
    );
    for (const chat of world.chats) await compareChat(world, chat);
    await compareLooks(world);
  } finally {
    await world.close();
  }
}

describe('Whatever people do in their chats', () => {
  it(
    'counts, positions, pages, pins, receipts and the log are what a recount says',
    () =>
      fc.assert(
        fc.asyncProperty(anyStories, async (stories) => {
          await Promise.all(stories.map(play));
        }),
        { seed, numRuns, interruptAfterTimeLimit: limitMs, markInterruptAsFailure: true },
      ),
    limitMs + 30_000,
  );
});
