import { freePort, startSystem } from './system.js';

/** Which processes there are, and how far behind HEALTH_PORT each shows its metrics. */
const processes = {
  standalone: { standalone: 0 },
  distributed: { auth: 1, chat: 2, message: 3, search: 4, gateway: 10, gateway2: 11 },
};

/**
 * One server of the wanted topology for all files; they meet no state of each other because each makes its own users.
 * Distributed has two gateways and two message services: calls go to the one gateway, sockets to the other.
 */
export default async function setUp() {
  const topology = process.env.TOPOLOGY ?? 'standalone';
  const args = topology === 'distributed' ? ['--gateways', '2', '--message', '2'] : [];
  const offsets = processes[topology];
  // Two for gateways, then those of health.
  const port = await freePort(2 + Math.max(...Object.values(offsets)));
  const healthPort = port + 2;
  const system = await startSystem({ topology, args, port, env: { HEALTH_PORT: String(healthPort) } });
  globalThis.fechatterSystem = system;
  process.env.FECHATTER_URL = system.url;
  process.env.FECHATTER_HEALTH_PORTS = JSON.stringify(
    Object.fromEntries(Object.entries(offsets).map(([app, offset]) => [app, healthPort + offset])),
  );
  const socketPort = topology === 'distributed' ? system.port + 1 : system.port;
  process.env.FECHATTER_SOCKET_URL = `http://127.0.0.1:${socketPort}`;
}
