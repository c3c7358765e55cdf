import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EventStreamParser } from './event-stream.js';

const stream =
  'id: 2026-01-31T12:00:00.000Z\nevent: message.created\ndata: {"type":"message.created"}\n\n' +
  'event: ping\ndata: {}\n\n' +
  'retry: 1500\n\n';

const events = [
  { id: '2026-01-31T12:00:00.000Z', data: '{"type":"message.created"}', retry: undefined },
  { id: undefined, data: '{}', retry: undefined },
  { id: undefined, data: '', retry: 1_500 },
];

describe('The reader of an event stream', () => {
  it('finds the same events wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length)), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
        const parser = new EventStreamParser();
        const found = places.flatMap((place, index) => parser.push(stream.slice(places[index - 1] ?? 0, place)));
        expect(found).toEqual(events);
      }),
    );
  });
});
