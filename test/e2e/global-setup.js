import { startSystem } from './system.js';

/**
 * One server of the wanted topology for all files; they meet no state of each other because each makes its own users.
 * Distributed has two gateways and two message services: calls go to the one gateway, sockets to the other.
 */
export default async function setUp() {
  const topology = process.env.TOPOLOGY ?? 'standalone';
  const args = topology === 'distributed' ? ['--gateways', '2', '--message', '2'] : [];
  const system = await startSystem({ topology, args });
  globalThis.fechatterSystem = system;
  process.env.FECHATTER_URL = system.url;
  const socketPort = topology === 'distributed' ? system.port + 1 : system.port;
  process.env.FECHATTER_SOCKET_URL = `http://127.0.0.1:${socketPort}`;
}
