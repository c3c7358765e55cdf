import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import type { HealthIndicator } from '#telemetry/health-indicator.js';
import { configureLogging } from '#telemetry/logger.js';
import { OperationsController } from './operations.controller.js';
import { Probes } from './probes.js';

let log = '';
beforeAll(() => configureLogging('warn', 'test', { write: (line) => void (log += line) }));
beforeEach(() => void (log = ''));
afterAll(() => configureLogging('silent', 'test'));

function indicator(name: string, check: HealthIndicator['check'], required = true): HealthIndicator {
  return { name, required, check };
}

function look(...indicators: HealthIndicator[]): Promise<object> {
  return new OperationsController(new Probes(indicators, '1')).health();
}

const well = indicator('well', () => Promise.resolve({ state: 'up', details: { pools: {} } }));

describe('What operators see of the dependencies', () => {
  it('does not wait for one that does not answer: it is down, and page and log say why', async () => {
    const hanging = indicator('hanging', () => new Promise(() => undefined));
    const reason = 'It has not answered in 1000 ms';
    expect(await look(hanging, well)).toMatchObject({
      status: 'down',
      dependencies: [
        { name: 'hanging', state: 'down', reason, required: true },
        { name: 'well', state: 'up', details: { pools: {} } },
      ],
    });
    expect(log).toContain(`"dependency":"hanging","reason":"${reason}"`);
  });

  it('says of one that cannot be reached what the driver said, and is degraded by one that is not required', async () => {
    const refused = Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' });
    const failures = [new FechatterError('UNAVAILABLE', 'It is busy.', { cause: refused }), new Error('gone'), 'odd'];
    const broken = failures.map((failure, index) =>
      // What is thrown need not be an error.
      indicator(`broken ${index}`, () => Promise.resolve().then(() => Promise.reject(failure as Error)), false),
    );
    expect(await look(...broken, well)).toMatchObject({
      status: 'degraded',
      dependencies: [{ reason: 'ECONNREFUSED' }, { reason: 'gone' }, { reason: 'odd' }, { state: 'up' }],
    });
    for (const reason of ['ECONNREFUSED', 'gone', 'odd']) expect(log).toContain(`"reason":"${reason}"`);
  });

  it('has no reason, and nothing in the log, while all are well', async () => {
    const view = await look(well);
    expect(view).toMatchObject({ status: 'up' });
    expect(JSON.stringify(view)).not.toContain('reason');
    expect(log).toBe('');
  });
});
