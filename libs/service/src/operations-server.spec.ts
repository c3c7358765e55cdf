import { expect, it } from '@jest/globals';
import { timed } from '#bus/bus.metrics.js';
import { Probes } from '#health/probes.js';
import { configureMetrics } from '#telemetry/metrics.js';
import { startOperationsServer } from './operations-server.js';

async function metricsAfter(subject: string): Promise<{ status: number; text: string }> {
  const server = await startOperationsServer(new Probes([], 'test'), '127.0.0.1', 0);
  try {
    await timed(subject, async () => undefined);
    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    return { status: answer.status, text: await answer.text() };
  } finally {
    await server.close();
  }
}

it('shows no metrics and counts nothing where they are off, and both where they are on', async () => {
  configureMetrics(false);
  expect((await metricsAfter('probe.unseen')).status).toBe(404);
  configureMetrics(true);
  const { status, text } = await metricsAfter('probe.seen');
  expect(status).toBe(200);
  expect(text).toContain('nodejs_eventloop_lag_seconds');
  expect(text).toContain('subject="probe.seen"');
  expect(text).not.toContain('probe.unseen');
});
