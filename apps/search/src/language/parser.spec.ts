import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { most } from './limits.js';
import { parseQuery } from './parser.js';
import { QueryError, type Query } from './query.js';

const now = Date.parse('2026-03-15T12:00:00Z');
const parsed = (text: string) => parseQuery(text, now);
const word = (text: string, isPrefix = false): Query => ({ kind: 'word', text, isPrefix });

/** What is wrong, and where. */
function wrong(text: string): [number, string] {
  try {
    parsed(text);
  } catch (error) {
    if (error instanceof QueryError) return [error.at, error.reason];
    throw error;
  }
  throw new Error(`${text} is right`);
}

describe('a query', () => {
  it('has words that all are wanted, the last of which may be a beginning', () => {
    expect(parsed('deploy fails ton').query).toEqual({
      kind: 'all',
      of: [word('deploy'), word('fails'), word('ton', true)],
    });
    expect(parsed('done ').query).toEqual(word('done'));
    expect(parsed('begin* ').query).toEqual(word('begin', true));
    expect(parsed('*art*').query).toEqual({ kind: 'part', text: 'art' });
  });

  it('has phrases, what is excluded, and alternatives', () => {
    expect(parsed('"on call" -"half off" -no a OR b c ').query).toEqual({
      kind: 'all',
      of: [
        { kind: 'phrase', text: 'on call' },
        { kind: 'not', query: { kind: 'phrase', text: 'half off' } },
        { kind: 'not', query: word('no') },
        { kind: 'any', of: [word('a'), word('b')] },
        word('c'),
      ],
    });
    expect(parsed('"still open').query).toEqual({ kind: 'phrase', text: 'still open' });
  });

  it('takes an OR that joins nothing for nothing, and alone for the word', () => {
    expect(parsed('a OR').query).toEqual(word('a'));
    expect(parsed('OR a ').query).toEqual(word('a'));
    expect(parsed('a OR OR b or or or').query).toEqual({ kind: 'any', of: [word('a'), word('b')] });
    expect(parsed('or or a ').query).toEqual(word('a'));
    expect(parsed('or OR').query).toBeUndefined();
    expect(parsed('or').query).toEqual(word('or', true));
  });

  it('names people, chats and flags', () => {
    expect(parsed('from:@ada in:#general has:link -is:pinned from:bo').query).toEqual({
      kind: 'all',
      of: [
        { kind: 'from', name: 'ada' },
        { kind: 'in', name: 'general' },
        { kind: 'flag', flag: 'link' },
        { kind: 'not', query: { kind: 'flag', flag: 'pinned' } },
        { kind: 'from', name: 'bo' },
      ],
    });
    expect(parsed('is:thread OR has:thread').query).toEqual({
      kind: 'any',
      of: [
        { kind: 'flag', flag: 'reply' },
        { kind: 'flag', flag: 'thread' },
      ],
    });
  });

  it('narrows the time, day for day in UTC', () => {
    const at = (iso: string) => Date.parse(iso);
    expect(parsed('on:2026-02-28')).toMatchObject({ from: at('2026-02-28'), to: at('2026-03-01') });
    expect(parsed('on:yesterday')).toMatchObject({ from: at('2026-03-14'), to: at('2026-03-15') });
    expect(parsed('after:2025 before:2026-03')).toMatchObject({ from: at('2026-01-01'), to: at('2026-03-01') });
    expect(parsed('x after:2026-03-01 ')).toMatchObject({ query: word('x'), from: at('2026-03-02'), to: undefined });
    expect(parsed('on:today').query).toEqual({ kind: 'all', of: [] });
  });

  it('is told where it is wrong', () => {
    expect(wrong('x on:2026-02-30')).toEqual([5, expect.stringContaining('date')]);
    expect(wrong('a before:soon')).toEqual([9, expect.stringContaining('date')]);
    expect(wrong('has:wings')).toEqual([4, 'Must be one of: link, file, reaction, thread']);
    expect(wrong('-is:__proto__')).toEqual([4, 'Must be one of: pinned, thread']);
    expect(wrong('a OR on:today')).toEqual([5, expect.stringContaining('OR')]);
    expect(wrong('-on:today')).toEqual([0, expect.stringContaining('excluded')]);
    expect(wrong('w '.repeat(most.words + 1))).toEqual([2 * most.words, expect.stringContaining('64')]);
  });

  it('is told where it is too much', () => {
    const letters = (count: number) => Array.from({ length: count }, (_, n) => `a${n}`).join(',');
    const tooManyWords = expect.stringContaining('64 words');
    expect(wrong(`b *${letters(255)}*`)).toEqual([2, tooManyWords]);
    expect(wrong(`"${letters(64)}" c`)).toEqual([expect.any(Number), tooManyWords]);
    expect(parsed(`"${letters(64)}"`).query).toMatchObject({ kind: 'phrase' });
    expect(wrong('*aa* *bb* *cc* *dd* x *ee*')).toEqual([22, expect.stringContaining('4 parts')]);
    expect(wrong('*aa,bb,cc,dd,ee*')).toEqual([0, expect.stringContaining('4 parts')]);
    expect(parsed('*aa* *bb* *cc* *dd* *東京都* ').query).toMatchObject({ kind: 'all' });
    expect(wrong(`${'in:x '.repeat(8)}-in:y`)).toEqual([40, expect.stringContaining('8 chats')]);
    expect(wrong(`${'from:x '.repeat(8)}from:y`)).toEqual([56, expect.stringContaining('8 people')]);
    expect(parsed(`${'from:x '.repeat(8)}${'in:y '.repeat(8)}`).query).toMatchObject({ kind: 'all' });
  });

  it('takes quoted names, and the beginning of a name for text until there is one', () => {
    expect(parsed('in:"team chat" -from:@"ada l" in:#"a"').query).toEqual({
      kind: 'all',
      of: [
        { kind: 'in', name: 'team chat' },
        { kind: 'not', query: { kind: 'from', name: 'ada l' } },
        { kind: 'in', name: 'a' },
      ],
    });
    expect(parsed('in:"still op').query).toEqual({ kind: 'in', name: 'still op' });
    expect(parsed('in:# ').query).toEqual(word('in:#'));
    expect(parsed('from:@ ').query).toEqual(word('from:@'));
    expect(parsed('in:"" ').query).toEqual(word('in:'));
    expect(parsed('in:" " from:"').query).toMatchObject({ of: [{ kind: 'word' }, { kind: 'word' }] });
  });

  it('leaves alone what only looks like an operator', () => {
    expect(parsed('12:30 http://x.org/a:b from: a:b ').query).toMatchObject({
      of: [word('12:30'), word('http://x.org/a:b'), word('from:'), word('a:b')],
    });
    for (const nothing of ['- "" * ** %%', '---', '"', '-"', '()&|!']) expect(parsed(nothing).query).toBeUndefined();
  });

  it('is understood or refused with a place in it, whatever is typed', () => {
    const spice = fc.constantFrom(
      '"',
      '-',
      'OR',
      ' ',
      ':',
      '*',
      'from:',
      'on:',
      'has:',
      '@',
      '#',
      'a',
      '京',
      '👍🏽',
      '\u0301',
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.array(spice).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          parsed(text);
        } catch (error) {
          expect(error).toBeInstanceOf(QueryError);
          expect((error as QueryError).at).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  // In quadratic time these would take minutes, and time out.
  it.each(['"', '-"', 'a"', '*', '-', 'a:', 'from:"', 'x OR ', '\u0301', '👩‍💻', 'a'])(
    'is read in linear time: %s',
    (spice) => {
      try {
        parsed(spice.repeat(300_000));
      } catch (error) {
        expect(error).toBeInstanceOf(QueryError);
      }
    },
  );
});
