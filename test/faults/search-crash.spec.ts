import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { SearchPage } from '#contracts/search.contract.js';
import { eventually } from '#testing/eventually.js';
import { Person } from '../bench/person.js';
import { startSystem, type System } from '../e2e/system.js';
import { runCommand } from './command.js';
import { descendantsOf, type Process } from './processes.js';

let system: System;
let person: Person;
beforeAll(async () => {
  system = await startSystem({ topology: 'distributed', env: { RATE_LIMITS: 'off' } });
  person = await Person.register(system.url, 'ada');
});
afterAll(() => system.stop());

function searchProcess(): Process | undefined {
  return descendantsOf(system.child.pid!).find(({ command }) => command.includes('apps/search/src/main.js'));
}

const found = async () => (await person.call<SearchPage>('POST', '/api/search/messages', { query: 'walrus' })).total;

it('has every message once after kill -9 in the middle of indexing, twice', async () => {
  let sent = 0;
  const sendFor = async (isDone: () => boolean): Promise<void> => {
    while (!isDone()) {
      await person.call('POST', '/api/messages', { chat_id: person.generalId, content: `walrus ${sent}` });
      sent++;
    }
  };
  for (const round of [1, 2]) {
    const victim = await eventually(() => searchProcess(), 'search runs');
    await Promise.all(
      Array.from({ length: 4 }, () => {
        const goal = sent + 60;
        return sendFor(() => sent >= goal);
      }),
    );
    process.kill(victim.pid, 'SIGKILL');
    // What is sent now no event tells the search service of.
    const missed = sent + 60;
    await sendFor(() => sent >= missed);
    await eventually(async () => {
      const total = await found().catch(() => undefined);
      return total === sent ? total : undefined;
    }, `search has found all again, round ${round}`);
  }
  const verified = await runCommand(['apps/cli/run.mjs', 'search-verify'], { FECHATTER_DATA_DIR: system.dataDir });
  expect(verified).toMatchObject({ code: 0, output: expect.stringContaining(' 0 differences') });
});
