import { expect, it, jest } from '@jest/globals';
import { LocalBus } from '#bus/local-bus.js';
import { metrics } from '#telemetry/metrics.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { Hub } from './delivery/hub.js';
import { InboxSource } from './delivery/inbox-source.js';
import { Client, Logs, nextTurn } from './delivery/log.fixture.js';
import { LogSource } from './delivery/log-source.js';

async function shownLag(): Promise<number> {
  const [, seconds] = /^fechatter_realtime_log_lag_seconds (\S+)$/m.exec(await metrics.metrics()) ?? [];
  return Number(seconds);
}

it('The lag behind the logs grows as long as a chat is known to have more, and ends with it', async () => {
  const bus = new LocalBus({ freeze: true });
  let held = Promise.resolve();
  const logs = new Logs(bus, async () => {
    await nextTurn();
    await held;
  });
  const hub = new Hub(bus, new LogSource(bus), new InboxSource(bus));
  logs.add(1, 10);
  logs.add(2, 10);
  const client = await new Client(hub, 10).open();
  await eventually(async () => (await shownLag()) === 0);

  const { opened, open } = gate();
  held = opened;
  logs.send(1, 'bare');
  const since = await eventually(() => hub.rooms.get(1)?.reader.behindSince);
  const now = jest.spyOn(Date, 'now').mockReturnValue(since + 7_000);
  expect(await shownLag()).toBe(7);
  now.mockRestore();
  open();
  await eventually(() => client.seqs(1).length === 1);
  await eventually(async () => (await shownLag()) === 0);
  client.connection.closed(1000);
  await bus.close();
});
