import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Generation } from './generation.js';
import { testRedis, type TestRedis } from './redis.fixture.js';

let test: TestRedis;
beforeAll(async () => (test = await testRedis()));
afterAll(() => test.close());

it('begins once for all who wait for it', async () => {
  const generation = new Generation(await test.connect(), 'once');
  let renewed = 0;
  generation.onRenewed(() => renewed++);
  const [one, other] = await Promise.all([generation.prefix(), generation.prefix(), generation.settle()]);
  expect(other).toBe(one);
  expect(renewed).toBe(0);
});
