/** A line of an import file. */
export interface HistoryLine {
  chat: string;
  sender: string;
  ts: string;
  text: string;
}

const scripts = [
  'Plain English, with punctuation!',
  'Grüße aus Köln – naïve façade',
  'Привет, мир',
  'Γειά σου Κόσμε',
  'שלום עולם',
  'مرحبا بالعالم',
  'नमस्ते दुनिया',
  'สวัสดีชาวโลก',
  '你好，世界',
  'こんにちは世界',
  '안녕하세요 세계',
  'Xin chào thế giới',
  '👋🏽🌍 👩‍👩‍👧‍👦',
  '\u202eright to left override\u202c',
  '<script>alert(1)</script> & "quotes" \\ backslash',
  'tab\tand\nline break',
];

const senders = ['ada', 'Ada', 'ADA', 'grace hopper', 'at@sign', 'émile', '名前', 'x'.repeat(100)];

/**
 * A history such as real ones are: times that step back, equal lines, names that differ only in case, every script.
 * The same `count` gives the same lines.
 */
export function generateHistory(count: number, chat = 'history'): HistoryLine[] {
  const start = Date.UTC(2010, 0, 1);
  return Array.from({ length: count }, (_, index) => {
    const stepsBack = index % 97 === 96 ? 3_600_000 : 0;
    const repeated = index % 10 === 9 ? index - 1 : index;
    return {
      chat,
      sender: senders[repeated % senders.length] as string,
      ts: new Date(start + Math.floor(repeated / 3) * 60_000 - stepsBack).toISOString(),
      text: `${scripts[repeated % scripts.length] as string} ${Math.floor(repeated / 50)}`,
    };
  });
}
