import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fold, foldText } from './fold.js';
import { stemmerOf } from './languages.js';
import { tokensOf } from './tokens.js';

const texts = (text: string) => tokensOf(foldText(text)).map((token) => token.text);

describe('folding', () => {
  it.each([
    ['ＦＵＬＬ Ｗｉｄｔｈ', 'full width'],
    ['ÄRGER Ärger', 'arger arger'],
    ['Straße ΣΊΣΥΦΟΣ', 'strasse σισυφοσ'],
    ['ｶﾞｷﾞ', 'ガギ'],
    ['\u1112\u1161\u11ab\u1100\u1173\u11af', '한글'],
    ['مُحَمَّد', 'محمد'],
    ['İstanbul', 'istanbul'],
    ['हिन्दी', 'हिन्दी'],
    ['か\u3099', 'が'],
    ['👍️', '👍'],
    ['Новый И\u0306од ёлка Ёж', 'новый йод елка еж'],
    ['и\u0306\u0301 ă', 'й a'],
    ['ガギグ ぱ か\u3099', 'ガギグ ぱ が'],
    ['ที่ น้อง हिन्दी', 'ที่ น้อง हिन्दी'],
  ])('makes %s one spelling', (text, folded) => expect(foldText(text)).toBe(folded));

  it('knows where each letter came from, and folds what is folded to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const { text: folded, origins } = fold(text);
        if (origins === undefined) return expect(folded).toHaveLength(text.length);
        expect(origins).toHaveLength(folded.length);
        expect(origins.toSorted((a, b) => a - b)).toEqual(origins);
        expect(foldText(foldText(folded))).toBe(foldText(folded));
      }),
    );
  });
});

describe('tokens', () => {
  it('are words, numbers, and runs without spaces', () => {
    expect(texts(`It's v2.10 of foo_bar`)).toEqual(['it', 's', 'v2', '10', 'of', 'foo_bar']);
    expect(tokensOf('abc東京タワーdef').map(({ kind, text }) => [kind, text])).toEqual([
      ['word', 'abc'],
      ['run', '東京タワー'],
      ['word', 'def'],
    ]);
    expect(texts('ภาษาไทย हिन्दी 👍🏽🎉')).toEqual(['ภาษาไทย', 'हिन्दी', '👍🏽🎉']);
  });
});

describe('a language', () => {
  it.each([
    ['english_stem', 'the servers are running'],
    ['german_stem', 'die server sind nicht mehr da und wir warten'],
    ['french_stem', 'les serveurs ne sont pas la'],
    ['spanish_stem', 'los servidores no estan en la lista'],
    ['russian_stem', 'серверы работают'],
    ['english_stem', 'kubernetes rollout'],
  ])('is recognised: %s', (stemmer, text) => expect(stemmerOf(texts(text))).toBe(stemmer));
});
