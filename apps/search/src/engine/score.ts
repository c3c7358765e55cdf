import type { Search } from './engine.js';
import type { Match } from './match.repository.js';

/** A match of this age counts half of what it would count today. */
const halfLifeMs = 90 * 86_400_000;

export type Scored = Match & { readonly score: number };

/**
 * The matches behind the place where the page begins, in the order that was asked for. The age of a match is counted
 * from `asOf`, so that the order stays the same from page to page.
 */
export function scored(matches: readonly Match[], { sort, after }: Search, asOf: number): Scored[] {
  if (sort === 'recent') return matches.map((match) => ({ ...match, score: 0 }));
  const all = matches.map((match) => ({ ...match, score: match.rank / (1 + (asOf - match.createdAt) / halfLifeMs) }));
  const ordered = all.sort(byScore);
  return after === undefined ? ordered : ordered.filter((match) => byScore(after, match) < 0);
}

type Key = Pick<Scored, 'score' | 'createdAt' | 'messageId'>;

function byScore(a: Key, b: Key): number {
  return b.score - a.score || b.createdAt - a.createdAt || b.messageId - a.messageId;
}
