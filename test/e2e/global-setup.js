import { startSystem } from './system.js';

/** One server of the wanted topology for all files; they meet no state of each other because each makes its own users. */
export default async function setUp() {
  const system = await startSystem({ topology: process.env.TOPOLOGY ?? 'standalone' });
  globalThis.fechatterSystem = system;
  process.env.FECHATTER_URL = system.url;
}
