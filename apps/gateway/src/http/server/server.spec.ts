import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import { eventually } from '#testing/eventually.js';
import { metrics } from '#telemetry/metrics.js';
import { startGateway, type TestGateway } from '../../gateway.fixture.js';

let gateway: TestGateway;

beforeEach(async () => {
  gateway = await startGateway();
});

afterEach(() => gateway.close());

describe('a connection', () => {
  async function raw(bytes: string): Promise<string> {
    const socket = connect(gateway.port, '127.0.0.1');
    socket.end(bytes);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text;
  }

  it('that does not speak HTTP, or speaks it in two ways at once, gets one BAD_REQUEST', async () => {
    const head = 'POST /api/messages HTTP/1.1\r\nHost: x\r\n';
    const smuggled = [
      'hello\r\n\r\n',
      `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/health HTTP/1.1\r\nHost: x\r\n\r\n`,
      `${head}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
      `${head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
      `GET /api/health HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(20_000)}\r\n\r\n`,
    ];
    for (const bytes of smuggled) {
      const text = await raw(bytes);
      expect(text).toMatch(/^HTTP\/1\.1 400 /);
      expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
      expect(text).toContain('"code":"BAD_REQUEST"');
    }
  });

  it('on which a body trickles in is cut off in the end', async () => {
    const hasty = await startGateway({ REQUEST_TIMEOUT_MS: '300' });
    const socket = connect(hasty.port, '127.0.0.1').on('error', () => undefined);
    socket.write(
      'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n',
    );
    const trickle = setInterval(() => socket.write(' '), 20);
    // A reset is as good an end as any; `once` of node:events would take it for a failure.
    await new Promise((resolve) => socket.resume().once('close', resolve));
    clearInterval(trickle);
    await hasty.close();
  });

  it('lives on when its bodies came in time', async () => {
    const hasty = await startGateway({ REQUEST_TIMEOUT_MS: '100' });
    const socket = connect(hasty.port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => (heard += String(chunk)));
    try {
      for (const count of [1, 2]) {
        socket.write(
          'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
        );
        await eventually(() => heard.split('HTTP/1.1 422').length > count);
        await pause(300);
      }
    } finally {
      socket.destroy();
      await hasty.close();
    }
  });
});

describe('a gateway', () => {
  it('that stops answers what is under way and takes nothing new', async () => {
    let release: () => void = () => undefined;
    let reached: () => void = () => undefined;
    const arrived = new Promise<void>((resolve) => (reached = resolve));
    gateway.bus.serve(
      workspaceRpc.list,
      async () => {
        reached();
        await new Promise<void>((resolve) => (release = resolve));
        return { workspaces: [] };
      },
      { queue: 'chat' },
    );
    const answer = gateway.send('GET', '/api/workspaces', { token: gateway.token });
    await arrived;
    const stopped = gateway.close();
    while (await isListening(gateway.port)) await new Promise((resolve) => setImmediate(resolve));
    release();
    expect((await answer).status).toBe(200);
    await stopped;
  });

  it('says who is in the way when its port is taken', async () => {
    await expect(startGateway({ PORT: String(gateway.port) })).rejects.toThrow(
      `PORT: another program listens on 127.0.0.1:${gateway.port}`,
    );
  });

  it('has the probes on its main port, and counts its requests by route', async () => {
    for (const probe of ['live', 'ready', 'startup']) {
      expect((await gateway.send('GET', `/health/${probe}`)).status).toBe(200);
    }
    await gateway.send('GET', '/api/messages/12345');
    await gateway.send('GET', '/secret/path');
    const text = await metrics.metrics();
    expect(text).toContain('http_requests_total{method="GET",path="/api/messages/:id",status="401"}');
    expect(text).toMatch(/http_request_duration_seconds_count\{method="GET",path="\/health\/live"\}/);
    expect(text).not.toMatch(/12345|secret/);
  });
});

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).then((open) => {
    socket.destroy();
    return open as boolean;
  });
}
