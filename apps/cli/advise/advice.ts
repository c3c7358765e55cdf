import type { LiveSetting } from '#database/server-report.js';

/** A setting that is advised, as it stands in deploy/postgres/postgresql.conf. */
export interface Advice {
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

export interface Comparison extends Advice {
  /** As the server has it, with its unit; undefined where it does not know the setting. */
  readonly live: string | undefined;
  readonly isMet: boolean;
}

const GB = 2 ** 30;
/** The memory that the file is written for. */
const writtenFor = 16 * GB;
const scaled = new Set(['shared_buffers', 'effective_cache_size', 'maintenance_work_mem', 'work_mem']);
const units: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  '8kB': 8192,
  MB: 2 ** 20,
  '16MB': 2 ** 24,
  GB,
  ms: 1,
  s: 1000,
  min: 60_000,
};
/** More of these is as good; of all others exactly what is advised. */
const atLeast = new Set([
  'shared_buffers',
  'effective_cache_size',
  'maintenance_work_mem',
  'max_wal_size',
  'min_wal_size',
]);

/** Reads lines of the form `name = 'value'  # reason`. */
export function parseAdvice(conf: string): Advice[] {
  return conf.split('\n').flatMap((line) => {
    const [, name, value, reason] = /^([a-z_.]+) = '([^']*)' *# (.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, value: value as string, reason: reason as string }];
  });
}

/** What is advised for a server with so many bytes of memory, beside what it has. */
export function compare(advice: readonly Advice[], live: readonly LiveSetting[], memory: number): Comparison[] {
  const known = new Map(live.map((setting) => [setting.name, setting]));
  return advice.map((one) => {
    const wanted = scaled.has(one.name) ? scale(one, memory) : one;
    const found = known.get(one.name);
    return {
      ...wanted,
      live: found && readable(found),
      isMet: found !== undefined && meets(wanted, found),
    };
  });
}

function meets({ name, value }: Advice, { setting, unit }: LiveSetting): boolean {
  // Libraries stand in any order, beside others.
  if (name === 'shared_preload_libraries') return value.split(',').every((library) => setting.includes(library));
  const [wanted, has] = [amount(value), amount(unit === null ? setting : `${Number(setting)}*${unit}`)];
  if (wanted === undefined || has === undefined) return setting === value;
  return atLeast.has(name) ? has >= 0.9 * wanted : has === wanted;
}

/** `4GB`, `12*8kB`, `200ms` and bare numbers; undefined for words. */
function amount(text: string): number | undefined {
  const [, number, unit = ''] = /^(-?[\d.]+)\*?((?:\d+)?[a-zA-Z]*)$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * (units[unit] ?? 1);
}

function scale(advice: Advice, memory: number): Advice {
  const bytes = ((amount(advice.value) ?? 0) * memory) / writtenFor;
  return { ...advice, value: `${Math.max(1, Math.round(bytes / 2 ** 20))}MB` };
}

/** As people write it: `128MB` and not `16384` of `8kB`. */
function readable({ setting, unit }: LiveSetting): string {
  if (unit === null) return setting;
  const size = unit.endsWith('B') ? amount(`${setting}*${unit}`) : undefined;
  if (size === undefined || size <= 0) return `${setting}${unit}`;
  const [name, bytes] = (['GB', 'MB', 'kB', 'B'] as const)
    .map((each) => [each, units[each] as number] as const)
    .find(([, each]) => size % each === 0) ?? ['B', 1];
  return `${size / bytes}${name}`;
}
