/** A crowd of sockets as a process of its own: orders come over the IPC channel, one at a time, and results go back. */
import { Assembly } from './assembly.js';
import type { Answer, Order, Results } from './orders.js';

let assembly: Assembly | undefined;

async function run(order: Order): Promise<Results[keyof Results]> {
  let [begunMs, begun] = [performance.now(), process.cpuUsage()];
  const onBegin = () => ([begunMs, begun] = [performance.now(), process.cpuUsage()]);
  const outcome = await perform(order, onBegin);
  const { user, system } = process.cpuUsage(begun);
  return { ...outcome, cpu: (user + system) / 1000 / (performance.now() - begunMs) };
}

async function perform(order: Order, onBegin: () => void) {
  if (order.kind === 'open') {
    assembly = await Assembly.open(order);
    return {};
  }
  if (assembly === undefined) throw new Error('There is no crowd yet');
  switch (order.kind) {
    case 'fan-out':
      return assembly.fanOut(order, onBegin);
    case 'steady':
      return assembly.steady(order, onBegin);
    case 'reconnect':
      return assembly.reconnect(order);
    case 'look':
      return assembly.look();
    case 'pause':
      assembly.pause();
      return {};
    case 'drain':
      await assembly.drain();
      return {};
  }
}

function answer(answered: Answer): void {
  process.send?.(answered);
}

process.on('message', (order: Order) => {
  run(order).then(
    (result) => answer({ result }),
    (error: unknown) => answer({ error: String(error) }),
  );
});
process.once('disconnect', () => process.exit(0));
