import { describe, expect, it } from '@jest/globals';
import { parseMentions } from './mention.js';

const first = (source: string) => parseMentions(source).names.map(([name]) => name);

describe('mentions in a text', () => {
  it('are words that begin with @, as they were typed, each once', () => {
    expect(first('@Ann and @bob, and @Ann and @İbrahim')).toEqual(['Ann', 'bob,', 'İbrahim']);
  });

  it('may end before punctuation, which may also belong to the name', () => {
    expect(parseMentions("ask @bob's.").names).toEqual([["bob's.", "bob's", 'bob']]);
    expect(parseMentions('(@dr.who!)').names).toEqual([['dr.who!)', 'dr.who', 'dr']]);
  });

  it('do not come from e-mail addresses and paths', () => {
    expect(first('mail bob@example.com, see https://example.com/@bob')).toEqual([]);
  });

  it('are found beside scripts without spaces', () => {
    expect(first('你好@小明 さん@太郎')).toEqual(['小明', '太郎']);
  });

  it('name everybody by @chat and @here, whatever follows', () => {
    expect(parseMentions('@here: look')).toEqual({ names: [], everyone: true });
    expect(parseMentions('Dear @Chat!')).toEqual({ names: [], everyone: true });
    expect(parseMentions('no @chatter').everyone).toBe(false);
  });

  it.each([
    ['a code span', 'see `@bob` and ``a ` @bob``'],
    ['a fenced block', '```ts\n@bob\n```'],
    ['a block of tildes with backticks inside', '~~~\n```\n@bob\n~~~'],
    ['a block without end', 'text\n```\n@bob\n\n@bob'],
    ['an indented block', 'text\n\n    @bob\n'],
    ['an escape', '\\@bob'],
  ])('are not found in %s', (_, source) => {
    expect(first(source)).toEqual([]);
  });

  it.each([
    ['after a code span', '`code` @bob'],
    ['after a lone backtick', 'a ` b @bob'],
    ['after an escaped backtick', '\\`a @bob `'],
    ['between runs of different lengths', '`` @bob `'],
    ['in the paragraph after a lone backtick', 'a ` b\n\n@bob `'],
    ['after a block', '```\ncode\n```\n@bob'],
    ['in the indented second line of a paragraph', 'text\n    @bob'],
  ])('are found %s', (_, source) => {
    expect(first(source).map((name) => name?.replace(/\W+$/, ''))).toEqual(['bob']);
  });

  it('are at most fifty, of at most 64 characters', () => {
    expect(first(Array.from({ length: 80 }, (_, i) => `@u${i}`).join(' '))).toHaveLength(50);
    expect(first(`@${'x'.repeat(65)}`)).toEqual([]);
    expect(first(`@${'x'.repeat(64)}`)).toHaveLength(1);
  });

  it.each([
    ['backticks of every length', Array.from({ length: 180 }, (_, i) => '`'.repeat(i + 1)).join('@a ')],
    ['punctuation', `@${'.,'.repeat(8000)}`],
    ['at signs', '@'.repeat(16_384)],
    ['mentions', '@a'.repeat(8192)],
    ['backslashes', '\\`'.repeat(8192) + '@a'],
    ['letters before an @', 'x'.repeat(16_000) + '@a'],
  ])('take linear time on %s', (_, source) => {
    // A million characters take some tenths of a second; in quadratic time they would take minutes, and time out.
    expect(() => parseMentions(source.repeat(Math.ceil(1_000_000 / source.length)))).not.toThrow();
  });
});
