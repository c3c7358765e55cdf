import { join } from 'node:path';

/** Where `start:distributed` notes the address of its NATS, for the other commands. */
export function natsUrlFile(folder: string): string {
  return join(folder, 'nats-url');
}
