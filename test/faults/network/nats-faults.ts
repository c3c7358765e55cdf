import type { Fate } from '../fate.js';
import type { Filter } from './fault-proxy.js';

/** Events of the bus that met with a fate, by its name. */
export type FateCounts = Record<Fate, number>;

/** Lines that bring a payload: `MSG subject sid [reply] size` and `HMSG subject sid [reply] headerSize size`. */
const delivery = /^H?MSG (\S+) .*?(\d+)$/;
const lineEnd = Buffer.from('\r\n');

/**
 * Between a client and its nats-server: events of the bus (`event.…`) are lost, doubled or overtaken by later ones, as
 * `fateOf` decides; requests and replies pass.
 */
export function natsFaults(fateOf: (subject: string) => Fate, counts: FateCounts): Filter {
  let rest: Buffer = Buffer.alloc(0);
  let late: Buffer[] = [];
  return function* (chunk) {
    rest = Buffer.concat([rest, chunk]);
    for (let block = firstBlock(rest); block !== undefined; block = firstBlock(rest)) {
      const bytes = rest.subarray(0, block.length);
      rest = rest.subarray(block.length);
      if (!block.subject.startsWith('event.')) {
        yield bytes;
        continue;
      }
      const fate = fateOf(block.subject);
      counts[fate]++;
      if (fate === 'late') late.push(bytes);
      if (fate === 'arrives' || fate === 'twice') {
        yield bytes;
        if (fate === 'twice') yield bytes;
        yield* late;
        late = [];
      }
    }
  };
}

/** The first thing that the server says, if it is whole: a line, with its payload where it has one. */
function firstBlock(bytes: Buffer): { readonly length: number; readonly subject: string } | undefined {
  const end = bytes.indexOf(lineEnd);
  if (end < 0) return undefined;
  const [, subject = '', size] = delivery.exec(bytes.toString('latin1', 0, end)) ?? [];
  const length = end + 2 + (size === undefined ? 0 : Number(size) + 2);
  return bytes.length < length ? undefined : { length, subject };
}
