const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const indented = /^(?: {4}| {0,3}\t)/;
const blank = /^\s*$/;

/**
 * The text of Markdown source that is not code: one string for each run of lines that code spans cannot leave, with a
 * blank in the place of each code span and of each character that a backslash escapes. Linear in the length.
 */
export function inlineText(source: string): string[] {
  const paragraphs: string[] = [];
  let lines: string[] = [];
  let closing: RegExp | undefined;
  const end = () => {
    if (lines.length > 0) paragraphs.push(withoutCode(lines.join('\n')));
    lines = [];
  };
  for (const line of source.split(/\r\n|\n|\r/)) {
    if (closing !== undefined) {
      if (closing.test(line)) closing = undefined;
      continue;
    }
    const opening = fence.exec(line)?.[1];
    if (opening !== undefined) {
      end();
      closing = new RegExp(`^ {0,3}\\${opening.charAt(0)}{${opening.length},}\\s*$`);
    } else if (blank.test(line)) end();
    else if (lines.length > 0 || !indented.test(line)) lines.push(line);
  }
  end();
  return paragraphs;
}

/** A code span opens with a run of backticks and closes with the next run of the same length. */
function withoutCode(text: string): string {
  const tokens = [...text.matchAll(/\\[!-/:-@[-`{-~]|`+/g)];
  const runs = new Map<number, number[]>();
  for (const { 0: token, index } of text.matchAll(/`+/g)) {
    const starts = runs.get(token.length);
    if (starts === undefined) runs.set(token.length, [index]);
    else starts.push(index);
  }
  for (const starts of runs.values()) starts.reverse();
  const kept: string[] = [];
  let position = 0;
  for (const { 0: token, index } of tokens) {
    if (index < position) continue;
    const escaped = token.startsWith('\\');
    const close = escaped ? undefined : nextAfter(runs.get(token.length), index);
    if (!escaped && close === undefined) continue;
    kept.push(text.slice(position, index), ' ');
    position = (close ?? index) + token.length;
  }
  kept.push(text.slice(position));
  return kept.join('');
}

/** The first of falling numbers above `index`; forgets those below it. */
function nextAfter(falling: number[] | undefined, index: number): number | undefined {
  while (falling !== undefined && (falling.at(-1) ?? Infinity) <= index) falling.pop();
  return falling?.at(-1);
}
