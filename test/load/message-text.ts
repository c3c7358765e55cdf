import { randomOf } from '#testing/random.js';

/**
 * Message texts as long as those of real team chats: half of them under 50 characters, one in ten over 120, one in a
 * hundred over 300, a rare one of several thousand; some with line breaks, code, links, other scripts. The same number
 * gives the same text.
 */
export function messageText(number: number): string {
  const random = randomOf(number);
  const length = lengthAt(random());
  const words = [pick(vocabulary, random())];
  for (let size = words[0]!.length; size < length;) {
    const word = pick(random() < 0.03 ? extras : vocabulary, random());
    words.push(word);
    size += word.length + 1;
  }
  return words.join(' ');
}

/** Points of the distribution of lengths, between which it is straight on a logarithmic scale. */
const lengths = [
  [0, 2],
  [0.5, 45],
  [0.9, 123],
  [0.99, 350],
  [0.999, 1_700],
  [1, 4_000],
] as const;

function lengthAt(share: number): number {
  const above = Math.max(
    1,
    lengths.findIndex(([point]) => point >= share),
  );
  const [low, high] = [lengths[above - 1]!, lengths[above]!];
  const way = (share - low[0]) / (high[0] - low[0]);
  return Math.round(low[1] * (high[1] / low[1]) ** way);
}

const vocabulary = (
  'the a to it is of and in that you for on this have be not but with so if just can at like do or was what my are ' +
  'there how get when now will no all then one from me out about yes works still build test server error fine ' +
  'thanks maybe think should would could where merge branch deploy today tomorrow meeting release change again ' +
  'looks wrong right first second old new version page slow fast database table index query client request answer'
).split(' ');

const extras = [
  '`npm test`',
  'https://example.org/docs/install#linux',
  '\n',
  '👍',
  '😅',
  'Größe',
  'señal',
  'привет',
  '你好',
  'ありがとう',
  '```\nconst answer = 42;\n```',
  '**no**',
];

function pick<Item>(items: readonly Item[], share: number): Item {
  return items[Math.floor(share * items.length)]!;
}
