import { inlineText } from './markdown.js';

/** Who is named in a text. */
export interface ParsedMentions {
  /** For each `@name` what the name may be, likeliest first, as it was typed: punctuation may belong to it or follow it. */
  readonly names: readonly (readonly string[])[];
  /** `@chat` or `@here`: all members. */
  readonly everyone: boolean;
}

const broadcasts = new Set(['chat', 'here']);
const maxNameLength = 64;
/** More names than that in one text are not looked at. */
const mostNames = 50;
const mostCandidates = 4;

/** White space, control characters and @ end a name, as they cannot be in a username. */
const mention = /@([^\s\p{C}@]+)/gu;
/** Before @, these make it part of an e-mail address or of a path. Scripts without spaces between words do not. */
const glue = /[\p{L}\p{N}_/]$/u;
const spaceless = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]$/u;
const lastPunctuation = /^(.*[^\p{P}\p{S}])[\p{P}\p{S}]/su;

/**
 * Finds the mentions in Markdown source: `@username`, `@chat` and `@here`, outside of code and not escaped by a
 * backslash. Pure; the time is linear in the length of the text.
 */
export function parseMentions(source: string): ParsedMentions {
  const names = new Map<string, readonly string[]>();
  let everyone = false;
  if (!source.includes('@')) return { names: [], everyone };
  for (const text of inlineText(source)) {
    for (const match of text.matchAll(mention)) {
      const before = text.slice(Math.max(0, match.index - 2), match.index);
      if (glue.test(before) && !spaceless.test(before)) continue;
      const candidates = candidatesOf(match[1] ?? '');
      if (candidates.some((name) => broadcasts.has(name.toLowerCase()))) everyone = true;
      else if (candidates[0] !== undefined && names.size < mostNames) names.set(candidates[0], candidates);
    }
  }
  return { names: [...names.values()], everyone };
}

/** `bob's.` may be bob's., bob's or bob. */
function candidatesOf(token: string): string[] {
  const candidates: string[] = [];
  let rest: string | undefined = token.slice(0, maxNameLength + 16);
  while (rest !== undefined && candidates.length < mostCandidates) {
    if (rest.length <= maxNameLength && rest.isWellFormed()) candidates.push(rest);
    rest = lastPunctuation.exec(rest)?.[1];
  }
  return candidates;
}
