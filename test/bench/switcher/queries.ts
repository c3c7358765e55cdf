/** What people type into the switcher; each is made of a name and a number. */
export const kinds = {
  'one or two letters': (name, number) => name.slice(0, 1 + (number % 2)),
  'a beginning': (name, number) => name.slice(0, 3 + (number % 5)),
  inside: (name, number) => {
    const word = secondWord(name);
    return word.slice(number % 2, 5 + (number % 2));
  },
  'a typo': (name, number) => mistyped(number % 2 === 0 ? firstWord(name) : secondWord(name), number),
} satisfies Record<string, (name: string, number: number) => string>;

export type Kind = keyof typeof kinds;

export function firstWord(name: string): string {
  return name.split(/[.-]/)[0]!;
}

function secondWord(name: string): string {
  return name.split(/[.-]/)[1]!;
}

/** A letter replaced, left out, doubled, or two of them swapped. */
export function mistyped(word: string, number: number): string {
  const letters = [...word];
  const at = 1 + (number % (letters.length - 2));
  const [letter, next] = [letters[at]!, letters[at + 1]!];
  const edits = [['x', next], [next], [letter, letter, next], [next, letter]];
  letters.splice(at, 2, ...edits[Math.floor(number / 2) % edits.length]!);
  return letters.join('');
}
