import { createServer } from 'node:net';
import { ServerError } from './server-error.js';

/** A TCP port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}

/**
 * Starts something on the wanted port, or on a free one: another program may take a free port before the server binds it,
 * so `port_in_use` is tried again with the next one. A wanted port is tried once.
 */
export async function onFreePort<T>(wanted: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(wanted ?? (await freePort()));
    } catch (error) {
      const taken = error instanceof ServerError && error.code === 'port_in_use';
      if (!taken || wanted !== undefined || attempt === 5) throw error;
    }
  }
}
