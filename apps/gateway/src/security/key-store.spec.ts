import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { Issuer } from '../issuer.fixture.js';
import { KeyStore } from './key-store.js';

/** Milliseconds by which the clock for durations is ahead. */
let passed: number;
let bus: LocalBus;
let issuer: Issuer;

beforeEach(async () => {
  passed = 0;
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + passed);
  bus = new LocalBus({ freeze: true });
  issuer = await Issuer.on(bus);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await bus.close();
});

describe('The keys of auth', () => {
  it('are asked for anew also while the time of day is set back', async () => {
    const keys = new KeyStore(bus);
    expect(await keys.find('key-1')).toBeDefined();
    const time = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => time() - 3_600_000);
    await issuer.publish(issuer.publicKey, 'key-2');
    expect(await keys.find('key-2')).toBeUndefined();
    passed += 4_000;
    expect(await keys.find('key-2')).toBeDefined();
    expect((await keys.published()).keys).toHaveLength(2);
  });
});
