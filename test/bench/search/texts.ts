import { randomOf } from '#testing/random.js';

/** Words that stand in a known share of all messages. */
export const planted = { common: 'deployment', alsoCommon: 'rollback', rare: 'xylophone' } as const;

/** Letters of scripts of which some messages are made: [letters, with spaces between words]. */
export const scripts = {
  Chinese: [
    '的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经',
    false,
  ],
  Japanese: ['東京都会議資料送信確認お願いしますありがとうございます明日午後からカタカナテストサーバー', false],
  Korean: ['안녕하세요오늘회의는오후세시에시작합니다서버배포완료확인부탁드립니다', false],
  Thai: ['กรุงเทพมหานครประชุมวันนี้ส่งเอกสารแล้วขอบคุณ', false],
  Arabic: ['اجتماعاليومخادمتحديثملفرسالة', true],
  Hindi: ['बैठक सर्वर संदेश फाइल कल शाम नमस्ते', true],
  emoji: ['👍🎉😅🔥🚀🙏', false],
} as const;

const vocabularySize = 30_000;
const consonants = 'bcdfghklmnprstvwz';
const vowels = 'aeiou';

const vocabulary = Array.from({ length: vocabularySize }, (_, index) => {
  const random = randomOf(index);
  const syllables = 1 + Math.floor(random() * 3) + (index > 500 ? 1 : 0);
  return Array.from({ length: syllables }, () => at(consonants, random()) + at(vowels, random())).join('');
});

/** A message: mostly words by Zipf's law, some numbers; one in twenty in another script. The same number, the same text. */
export function searchText(number: number): string {
  const random = randomOf(number * 7 + 3);
  const length = Math.max(2, Math.round(Math.exp(random() * 3)));
  if (number % 20 === 7) return inScript(Math.floor(number / 20), length * 2, random);
  const words = Array.from({ length }, () => {
    return random() < 0.02 ? String(Math.floor(random() * 1e6)) : vocabulary[zipf(random())]!;
  });
  if (number % 10 === 3) words.push(planted.common);
  if (number % 10 === (number % 7 === 0 ? 3 : 4)) words.push(planted.alsoCommon);
  if (number % 5_000 === 11) words.push(planted.rare);
  return words.join(' ');
}

/** A word of the middle of the vocabulary, in a few of ten thousand messages. */
export function middleWord(number: number): string {
  return vocabulary[2_000 + (number % 20_000)]!;
}

function inScript(number: number, length: number, random: () => number): string {
  const all = Object.values(scripts);
  const [letters, isSpaced] = all[number % all.length]!;
  const chosen = Array.from(letters).filter((letter) => letter !== ' ');
  return Array.from({ length }, (_, index) => {
    const letter = chosen[Math.floor(random() * chosen.length)]!;
    return isSpaced && index > 0 && random() < 0.2 && !/\p{M}/u.test(letter) ? ` ${letter}` : letter;
  }).join('');
}

function zipf(share: number): number {
  return Math.min(vocabularySize - 1, Math.floor(Math.exp(share * Math.log(vocabularySize + 1))) - 1);
}

function at(letters: string, share: number): string {
  return letters[Math.floor(share * letters.length)]!;
}
