import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Fate } from '../fate.js';
import { natsFaults } from './nats-faults.js';

const seed = Number(process.env.SEED ?? 42);

const event = (text: string) => `MSG event.chat.1.log 7 ${Buffer.byteLength(text)}\r\n${text}\r\n`;

/** What comes through when it is cut into chunks at these places. */
function through(text: string, fates: readonly Fate[], cuts: readonly number[] = []) {
  const counts = { arrives: 0, lost: 0, twice: 0, late: 0 };
  let next = 0;
  const filter = natsFaults(() => fates[next++] ?? 'arrives', counts);
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
  const parts = places.slice(1).flatMap((place, index) => [...filter(bytes.subarray(places[index], place))]);
  return { text: Buffer.concat(parts).toString(), counts };
}

describe('faults of the bus', () => {
  it('loses, doubles and delays events, and counts it', () => {
    const events = ['a', 'b', 'c', 'd'].map(event);
    const [a, , c, d] = events;
    const { text, counts } = through(events.join(''), ['late', 'lost', 'twice', 'arrives']);
    expect(text).toBe([c, c, a, d].join(''));
    expect(counts).toEqual({ arrives: 1, lost: 1, twice: 1, late: 1 });
  });

  it('lets everything else pass as it is, wherever it is cut', () => {
    const info = 'INFO {"server_id":"x"}\r\nPING\r\n+OK\r\n';
    const reply = 'HMSG _INBOX_gateway.1 2 12 25\r\nNATS/1.0\r\n\r\nMSG event.x 1\r\r\r\n';
    const request = 'MSG rpc.message.send 3 _INBOX_gateway.2 5\r\nhello\r\n';
    const odd = event('MSG event.a 1 3\r\n€\r\n');
    const all = [info, reply, odd, request, odd, reply].join('');
    const passes = (cuts: number[]) =>
      expect(through(all, ['twice', 'lost'], cuts)).toEqual(through(all, ['twice', 'lost']));
    fc.assert(fc.property(fc.array(fc.nat(), { maxLength: 12 }), passes), { seed });
    expect(through(all, ['twice', 'lost'])).toEqual({
      text: [info, reply, odd, odd, request, reply].join(''),
      counts: { arrives: 0, lost: 1, twice: 1, late: 0 },
    });
  });
});
