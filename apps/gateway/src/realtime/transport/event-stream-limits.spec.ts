import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '#testing/eventually.js';
import { range } from '#testing/range.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RealtimeHouse } from '../realtime.fixture.js';
import { Stream } from './stream.fixture.js';

const most = 3;

let realtime: RealtimeHouse;

beforeAll(async () => {
  realtime = await RealtimeHouse.start(
    { app: messageApp, dataSource: messageDataSource },
    { LIMIT_SOCKETS_PER_USER: String(most) },
  );
});

afterAll(() => realtime.close());

describe('Event streams of one user', () => {
  it('are so many; one more is answered 429 with the figures of the limit, until one has gone', async () => {
    const streams = await Promise.all(range(1, most).map(() => Stream.of(realtime, 1)));
    const headers = { authorization: `Bearer ${await realtime.token(1)}` };
    const refused = await fetch(`${realtime.url}/api/events`, { headers });
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: { code: 'RATE_LIMITED' } });
    expect(refused.headers.get('x-ratelimit-limit')).toBe(String(most));
    expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    const reset = Number(refused.headers.get('x-ratelimit-reset')) - Date.now() / 1_000;
    expect(Math.abs(reset - retryAfter)).toBeLessThan(2);
    streams[0]?.close();
    const again = await eventually(async () => {
      const stream = new Stream(realtime.url, '', headers);
      await eventually(() => stream.status !== undefined);
      return stream.status === 200 && stream;
    });
    for (const stream of [...streams, again]) stream.close();
  });
});
