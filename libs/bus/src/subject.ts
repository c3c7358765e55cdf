import type { Event } from '#contracts/contract.js';

type Params = Readonly<Record<string, number | string>>;

/** `chat.{chat_id}.log` with `{ chat_id: 7 }` is `chat.7.log`. */
export function fillSubject(event: Event, params: Params): string {
  return event.subject.replace(/\{(\w+)\}/g, (_, name: string) => token(params[name]));
}

/** `chat.{chat_id}.log` for every chat is `chat.*.log`. */
export function anySubject(event: Event): string {
  return event.subject.replace(/\{\w+\}/g, '*');
}

/** Dots, blanks and wildcards would make more than one token of a name. */
function token(value: number | string | undefined): string {
  return String(value).replace(/[.*>\s]/g, '_');
}
