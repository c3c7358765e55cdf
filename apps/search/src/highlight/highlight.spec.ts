import { describe, expect, it } from '@jest/globals';
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
