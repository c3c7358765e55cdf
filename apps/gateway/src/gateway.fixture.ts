import type { Bus, Caller } from '#bus/bus.js';
import { LocalBus } from '#bus/local-bus.js';
import { readConfig } from '#config/config.js';
import { configureLogging } from '#telemetry/logger.js';
import { GatewayConfig } from './gateway.config.js';
import { gatewayApp } from './gateway.app.js';
import { Issuer } from './issuer.fixture.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; fails where there is none. */
  readonly json: Record<string, unknown>;
  /** `error.code` of an error answer. */
  readonly code: string | undefined;
}

export interface Send {
  readonly token?: string;
  readonly headers?: Record<string, string>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: NonNullable<RequestInit['body']>;
}

/** A real gateway on a free port with real HTTP, on a bus whose other end the spec serves. */
export interface TestGateway {
  readonly url: string;
  readonly port: number;
  readonly bus: Bus;
  readonly issuer: Issuer;
  readonly token: string;
  send(method: string, path: string, options?: Send): Promise<Answer>;
  close(): Promise<void>;
}

export async function startGateway(env: Record<string, string> = {}): Promise<TestGateway> {
  configureLogging('silent', 'test');
  const bus = new LocalBus({ freeze: true });
  const issuer = await Issuer.on(bus);
  const config = readConfig(GatewayConfig, { NODE_ENV: 'test', PORT: '0', ...env });
  const gateway = await gatewayApp.start({ config, bus, validateReplies: true });
  const { port } = gateway;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    port,
    bus,
    issuer,
    token: await issuer.sign(),
    send: async (method, path, { token, headers = {}, body, raw } = {}) => {
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(raw === undefined ? {} : { body: raw, duplex: 'half' }),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return answerOf(response.status, response.headers, await response.text());
    },
    close: async () => {
      await gateway.stop();
      await bus.close();
    },
  };
}

/** Whom the gateway spoke for; fails for anybody but a user. */
export function userIdOf(caller: Caller): number {
  if (caller.kind !== 'user') throw new Error(`The call was made for ${caller.kind}`);
  return caller.user_id;
}

function answerOf(status: number, headers: Headers, text: string): Answer {
  return {
    status,
    headers,
    text,
    get json() {
      return JSON.parse(text) as Record<string, unknown>;
    },
    get code() {
      return (JSON.parse(text) as { error?: { code?: string } }).error?.code;
    },
  };
}
