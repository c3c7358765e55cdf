import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { configureLogging } from '#telemetry/logger.js';
import { anyone, echo, errorOf, probe, transports, type Transport } from './bus.fixture.js';
import type { Bus } from './bus.js';
import { Encoded } from './encoded.js';
import { encodePayload, maxPayloadBytes } from './payload.js';

const queue = 'probe';

beforeAll(() => configureLogging('silent', 'test'));

describe.each(transports)('bytes over $name', ({ start }) => {
  let transport: Transport;
  let caller: Bus;
  let server: Bus;
  beforeAll(async () => {
    transport = await start();
  });
  afterAll(() => transport.stop());
  beforeEach(async () => {
    ({ caller, server } = await transport.open());
  });
  afterEach(async () => {
    await server.close();
    await caller.close();
  });

  it('that a service has encoded arrive untouched, or parsed', async () => {
    const bytes = Buffer.from('{ "text" : "spaces \\u0041 stay" }');
    server.serve(probe.echo, async () => new Encoded(bytes), { queue });
    expect(encodePayload(await caller.relay(probe.echo, { text: '' }, { as: anyone }))).toEqual(bytes);
    expect(await caller.call(probe.echo, { text: '' }, { as: anyone })).toEqual({ text: 'spaces A stay' });
  });

  it('of a plain reply are its JSON', async () => {
    server.serve(probe.echo, echo, { queue });
    const reply = await caller.relay(probe.echo, { text: 'ü' }, { as: anyone });
    expect(encodePayload(reply).toString('utf8')).toBe('{"text":"ü"}');
  });

  it('are bounded, of requests and of replies', async () => {
    const wrapping = '{"text":""}'.length;
    let begun = 0;
    const handler = async ({ text }: { text: string }) => {
      begun++;
      return { text: text === '' ? 'x'.repeat(maxPayloadBytes) : text };
    };
    server.serve(probe.echo, handler, { queue });
    const largest = { text: 'x'.repeat(maxPayloadBytes - wrapping) };
    expect(await caller.call(probe.echo, largest, { as: anyone })).toEqual(largest);
    const tooLarge = caller.call(probe.echo, { text: `${largest.text}x` }, { as: anyone });
    expect((await errorOf(tooLarge)).code).toBe('PAYLOAD_TOO_LARGE');
    expect(begun).toBe(1);
    expect((await errorOf(caller.call(probe.echo, { text: '' }, { as: anyone }))).code).toBe('INTERNAL_ERROR');
  });
});
