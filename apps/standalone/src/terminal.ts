import type { Environment } from '#config/config.js';

/** On a terminal a person reads along: only what needs them is logged there, unless they ask for more. */
export function terminalDefaults(): Environment {
  return process.stdout.isTTY ? { LOG_LEVEL: 'warn' } : {};
}

/** What the person wants to know when everything runs: where to go, and how to stop. */
export function ready(
  title: string,
  host: string,
  ports: readonly number[],
  more: Readonly<Record<string, string>>,
): string {
  const name = host === '0.0.0.0' || host === '::' || host === '127.0.0.1' ? 'localhost' : host;
  const urls = ports.map((port) => `http://${name.includes(':') ? `[${name}]` : name}:${port}`);
  const facts = [
    ['Chat API', urls.map((url) => `${url}/api`).join(', ')],
    ['Try it', `${urls[0]}/api/docs`],
    ...Object.entries(more),
  ];
  const lines = facts.map(([label, value]) => `  ${label?.padEnd(9)}  ${value}\n`).join('');
  return `\n  ${title}\n\n${lines}\n  Stop with Ctrl-C.\n\n`;
}
