/** The stemmers of PostgreSQL that are used, each with frequent small words by which its language is recognised. */
const smallWords = {
  english_stem: 'the and is of to in it you that was for are with this have not be on we they what',
  german_stem: 'der die das und ist nicht ich wir ein eine mit auf fur den dem zu von auch es sie wie',
  french_stem: 'le la les et est des une un pas pour dans que je nous vous sur avec qui du ce au',
  spanish_stem: 'el la los las y es que de en un una no por para con se lo como pero esta su',
  portuguese_stem: 'o a os as e que de em um uma nao por para com se do da no na mas isso voce',
  italian_stem: 'il lo la gli e che di un una non per con si del della sono ma questo nel come',
  dutch_stem: 'de het een en is niet van ik wij dat op te zijn met voor maar ook er aan naar',
  swedish_stem: 'och det att som en ett ar inte jag vi pa av med for till men den har om nu',
} as const;

/** Languages that their script tells. */
const byScript = [
  ['russian_stem', /\p{Script=Cyrillic}/u],
  ['arabic_stem', /\p{Script=Arabic}/u],
  ['greek_stem', /\p{Script=Greek}/u],
  ['hindi_stem', /\p{Script=Devanagari}/u],
] as const;

const languages = new Map<string, string[]>();
for (const [stemmer, words] of Object.entries(smallWords)) {
  for (const word of words.split(' ')) languages.set(word, [...(languages.get(word) ?? []), stemmer]);
}

/** Every stemmer in use: what is looked up may be of any language. */
export const stemmers: readonly string[] = [...Object.keys(smallWords), ...byScript.map(([stemmer]) => stemmer)];

/**
 * The stemmer for a message of these words: by the script, else by the most small words; English where nothing tells.
 */
export function stemmerOf(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) {
    for (const stemmer of languages.get(word) ?? []) counts.set(stemmer, (counts.get(stemmer) ?? 0) + 1);
  }
  let [best, most] = ['english_stem', counts.get('english_stem') ?? 0];
  for (const [stemmer, count] of counts) if (count > most) [best, most] = [stemmer, count];
  if (most > 0) return best;
  return byScript.find(([, script]) => words.some((word) => script.test(word)))?.[0] ?? best;
}
