import { setTimeout as pause } from 'node:timers/promises';
import { AuthorizationError, connect, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';

const startLimitMs = 10_000;

/**
 * A connection that comes back by itself. Waits up to ten seconds for the server to be there. User and password may
 * stand in the URL; `tls://` demands encryption.
 */
export async function connectToNats(url: string, name: string): Promise<NatsConnection> {
  const { host, username, password, protocol } = new URL(url);
  const options: ConnectionOptions = {
    servers: host,
    name,
    ...(username === '' ? {} : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
    ...(protocol === 'tls:' ? { tls: {} } : {}),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    ignoreAuthErrorAbort: true,
    timeout: 2_000,
    // A server that hangs is noticed within 750 ms: callers get their 503 then, not at their deadlines. One that is slow has
    // 600 ms for its pong, however busy either side is: what has come is read between two pings.
    pingInterval: 150,
    maxPingOut: 4,
    noAsyncTraces: true,
  };
  const until = Date.now() + startLimitMs;
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (error instanceof AuthorizationError) throw new Error(`NATS at ${host} refuses our user`, { cause: error });
      if (Date.now() > until) throw new Error(`NATS does not answer at ${host}`, { cause: error });
      await pause(200);
    }
  }
}
