/** A piece of a query as it was typed, without the signs that say what it is. */
export interface Piece {
  readonly kind: 'text' | 'phrase' | 'or';
  /** `-` stands before it. */
  readonly isExcluded: boolean;
  readonly text: string;
  readonly at: number;
  /** It ends where the query ends: whoever types may not be ready. */
  readonly isLast: boolean;
}

const piece = /(-?)"([^"]*)("?)|(-?(?:from|in):[@#]?)"([^"]*)("?)|[^\s"]+/giu;

/**
 * Takes a query to pieces, from left to right, once. A quotation mark that is still open reaches to the end. The name
 * behind `from:` and `in:` may be quoted.
 */
export function piecesOf(query: string): Piece[] {
  return Array.from(query.matchAll(piece), (match): Piece => {
    const { 0: whole, 2: quoted, 4: operator, 5: name, index: at } = match;
    const isLast = at + whole.length === query.length;
    if (quoted !== undefined) {
      return { kind: 'phrase', isExcluded: match[1] === '-', text: quoted, at, isLast: false };
    }
    if (whole.toLowerCase() === 'or') return { kind: 'or', isExcluded: false, text: whole, at, isLast };
    const isExcluded = whole.startsWith('-') && whole.length > 1;
    const text = operator === undefined || name === undefined ? whole : `${operator}${name}`;
    return { kind: 'text', isExcluded, text: isExcluded ? text.slice(1) : text, at, isLast };
  });
}
