import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Condition } from '../engine/engine.js';
import { highlightHtml } from './highlight.js';
import { wantedOf } from './wanted.js';

const stems = new Map([
  ['run', ['run']],
  ['running', ['run', 'running']],
]);

function highlighted(text: string, ...conditions: Condition[]): string {
  return highlightHtml(text, wantedOf({ kind: 'all', of: conditions }, stems), stems);
}

const word = (text: string, isPrefix = false): Condition => ({ kind: 'word', text, isPrefix });
const part = (text: string): Condition => ({ kind: 'part', text });
const phrase = (text: string): Condition => ({ kind: 'phrase', text });

describe('a highlight', () => {
  it.each<[string, Condition, string]>([
    ['Dogs RUNNING home', word('run'), 'Dogs <mark>RUNNING</mark> home'],
    ['to deploy', word('dep', true), 'to <mark>deploy</mark>'],
    ['ref 12345', part('23'), 'ref 1<mark>23</mark>45'],
    ['a b c a c', phrase('b c'), 'a <mark>b</mark> <mark>c</mark> a c'],
    ['Ärger, a\u0308rger', word('arger'), '<mark>Ärger</mark>, <mark>a\u0308rger</mark>'],
    ['東京都に住む', word('京都'), '東<mark>京都</mark>に住む'],
    ['ｶﾞｷﾞ', word('ガ'), '<mark>ｶﾞ</mark>ｷﾞ'],
    ['go 👩‍💻!', word('👩'), 'go <mark>👩‍💻</mark>!'],
    ['ok 👍🏽', word('👍'), 'ok <mark>👍🏽</mark>'],
    ['ภาษาไทย', word('ไทย'), 'ภาษา<mark>ไทย</mark>'],
    ['हिन्दी में', word('हिन्दी'), '<mark>हिन्दी</mark> में'],
    ['مُحَمَّد هنا', word('محمد'), '<mark>مُحَمَّد</mark> هنا'],
    ['<b>x</b> & "y"', word('x'), '&lt;b&gt;<mark>x</mark>&lt;/b&gt; &amp; &quot;y&quot;'],
    ['not this', { kind: 'not', condition: word('this') }, 'not this'],
  ])('of %s', (text, condition, html) => expect(highlighted(text, condition)).toBe(html));

  it('shows the parts of a long text that matter', () => {
    const html = highlighted(`${'hay '.repeat(2_000)}needle ${'hay '.repeat(2_000)}`, word('needle'));
    expect(html).toMatch(/^(hay|ay|y| ).*<mark>needle<\/mark>.*hay/);
    expect(html.length).toBeLessThan(300);
    expect(highlighted('x'.repeat(5_000), word('needle')).length).toBeLessThan(300);
  });

  it('looks no further in a long text than the fragments reach', () => {
    let looked = 0;
    class Counting extends Map<string, string[]> {
      override get(word: string): string[] | undefined {
        looked++;
        return super.get(word);
      }
    }
    const wanted = wantedOf(part('bb'), new Map());
    const html = highlightHtml('abba '.repeat(8_000), wanted, new Counting());
    expect(html.match(/<mark>bb<\/mark>/g)).toHaveLength(200);
    expect(looked).toBeLessThan(1_000);
  });

  it('looks for each thing once, however often it is asked for', () => {
    const condition = part(Array.from({ length: 60 }, (_, n) => (n % 2 === 0 ? 'ab' : '東京')).join(','));
    const { parts } = wantedOf({ kind: 'all', of: [condition, part('ab'), word('京')] }, new Map());
    expect(parts).toEqual({ word: new Set(['ab']), run: new Set(['東京', '京']) });
    expect(wantedOf({ kind: 'any', of: [word('a', true), word('a', true)] }, new Map()).prefixes.size).toBe(1);
  });

  it('asks for the borders of characters only where they may be in doubt', () => {
    const segment = jest.spyOn(Intl.Segmenter.prototype, 'segment');
    try {
      expect(highlighted(`ä ${'word '.repeat(50)}`, word('word')).match(/<mark>word<\/mark> /g)).toHaveLength(50);
      expect(segment).not.toHaveBeenCalled();
      expect(highlighted('ä e\u0301', part('e'))).toBe('ä <mark>e\u0301</mark>');
    } finally {
      segment.mockRestore();
    }
  });

  it('is the text itself, escaped, but for the marks, whatever the text', () => {
    const spice = fc.constantFrom(
      'a',
      'A',
      '\u0301',
      'e\u0301',
      '👩‍💻',
      '🇩🇪',
      '<',
      '&',
      '東',
      'ｶ',
      'ﾞ',
      ' ',
      '\u200d',
      '\ud83d',
    );
    fc.assert(
      fc.property(
        fc.array(spice, { maxLength: 40 }).map((parts) => parts.join('')),
        (text) => {
          const html = highlighted(text, word('a', true), part('東'), word('👩'), word('é'));
          const back = html
            .replaceAll(/<\/?mark>/g, '')
            .replaceAll('&lt;', '<')
            .replaceAll('&amp;', '&');
          expect(back).toBe(text);
          expect(html).not.toMatch(/<(?!\/?mark>)|<mark>[^<]*<mark>|<mark><\/mark>/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
