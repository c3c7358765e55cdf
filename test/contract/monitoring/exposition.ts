/** The labels of one series. */
export type Series = Readonly<Record<string, string>>;

/** What processes show on `/metrics`: the series of each metric by the names that expressions use, which may be none yet. */
export type Shown = ReadonlyMap<string, readonly Series[]>;

/** A metric that an expression asks for. */
export interface Asked {
  readonly name: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}

/** Reads the text format of Prometheus. A histogram has a name for its buckets, one for its sum and one for its count. */
export function shownIn(texts: readonly string[]): Shown {
  const shown = new Map<string, Series[]>();
  for (const [, name = '', type] of texts.join('\n').matchAll(/^# TYPE (\S+) (\S+)$/gm))
    for (const suffix of type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']) shown.set(name + suffix, []);
  for (const [, name = '', labels = ''] of texts.join('\n').matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const series = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label as string, value]);
    shown.get(name)?.push(Object.fromEntries(series) as Series);
  }
  return shown;
}

/** The metrics of an expression; all names of ours have an underscore. */
export function askedBy(promql: string): Asked[] {
  const bare = promql.replace(/\bby\s*\([^)]*\)/g, '').replace(/\[[^\]]*\]/g, '');
  return [...bare.matchAll(/\b([a-z]\w*_\w+)\b(?!\s*\()(?:\{([^}]*)\})?/g)].map(([, name = '', matchers = '']) => ({
    name,
    matchers: [...matchers.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
      ([, label = '', operator = '', value = '']) => ({ label, operator, value: value.replaceAll('\\\\', '\\') }),
    ),
  }));
}

/** The labels by which an expression groups. */
export function groupsOf(promql: string): string[] {
  return [...promql.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(/\s*,\s*/));
}

/** Whether a series is one of those that are asked for, as far as these labels say. */
export function matches(series: Series, { matchers }: Asked, labels: readonly string[]): boolean {
  return matchers.every(({ label, operator, value }) => {
    if (!labels.includes(label)) return true;
    const isSame = operator.endsWith('~')
      ? new RegExp(`^(?:${value})$`).test(series[label] ?? '')
      : series[label] === value;
    return isSame !== operator.startsWith('!');
  });
}
