import { foldText } from '../text/fold.js';
import { tokensOf, type Token } from '../text/tokens.js';
import { QueryError } from './query.js';

/** More of a kind are refused: no person types them. `words` are looked up, and sought in every text that is shown. */
export const most = {
  words: 64,
  /** Each stands for up to thousands of words. */
  parts: 4,
  /** Each is asked from another service. */
  names: 8,
} as const;

const reasons = {
  words: `Must not have more than ${most.words} words`,
  parts: `Must not have more than ${most.parts} parts of words`,
  names: `Must not name more than ${most.names} people and ${most.names} chats`,
};

/** Counts what a query has, while it is read from left to right. */
export class Limits {
  private words = 0;
  private parts = 0;
  private readonly names = { from: 0, in: 0 };

  /** The tokens of a text at this place. QueryError where they are too many. */
  tokens(text: string, at: number, isPart = false): readonly Token[] {
    const tokens = tokensOf(foldText(text));
    this.words += tokens.length;
    if (this.words > most.words) throw new QueryError(at, reasons.words);
    if (isPart) this.parts += tokens.filter(({ kind }) => kind === 'word').length;
    if (this.parts > most.parts) throw new QueryError(at, reasons.parts);
    return tokens;
  }

  /** QueryError for a name too many. */
  name(kind: 'from' | 'in', at: number): void {
    if (++this.names[kind] > most.names) throw new QueryError(at, reasons.names);
  }
}
