import { describe, expect, it } from '@jest/globals';
import { startSystem } from '../e2e/system.js';
import { runPlan } from './plan.js';

describe("The guide's load plan", () => {
  it('runs without a failure: 100 at once, 300 rounds, limits as they are by default', async () => {
    const system = await startSystem({
      env: { FECHATTER_DEMO: 'true', RATE_LIMITS: 'on', FECHATTER_VALIDATE_REPLIES: 'false' },
    });
    try {
      const { failures, logins, sends } = await runPlan(system.url, 100, 300, () => undefined);
      expect(failures).toEqual([]);
      expect([logins.length, sends.length]).toEqual([300, 300]);
    } finally {
      await system.stop();
    }
  });
});
