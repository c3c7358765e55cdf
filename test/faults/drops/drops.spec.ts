import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { atNight } from '../nightly.js';
import { runDrops } from './drops.js';
import { Stage } from './stage.js';
import { faultsOf } from './verdict.js';

const seed = Number(process.env.SEED ?? 42);
const short = { seed, seconds: 6, clients: 12, chats: 3 };
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.build();
}, 120_000);
afterAll(() => stage.close());

// The long run is `npm run test:drops`.
describe('over a network and a bus that fail all the time', () => {
  it('every client gets every change exactly once, in order', async () => {
    expect(faultsOf(await runDrops(stage, short))).toEqual([]);
  });

  atNight('gateways whose resume is broken on purpose are found out', async () => {
    const { notBrought } = await runDrops(stage, { ...short, broken: 'resume' });
    expect(notBrought).toBeGreaterThan(0);
  });
});
