import { once } from 'node:events';
import { createServer } from 'node:net';
import { StartError } from './start-error.js';

/**
 * Finds out before anything else is started whether the port can be had. 0 always can. Throws a StartError that says what
 * to do; `variable` is what chooses the port.
 */
export async function ensurePortIsFree(port: number, host: string, variable: string): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    if (code === 'EADDRINUSE')
      throw new StartError(`Port ${port} is in use by another program. Stop it, or choose another: ${variable}=…`);
    throw new StartError(`Cannot listen on ${host}:${port} (${code}). Choose others with HOST=… and ${variable}=…`);
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}
