import type { Event, SubjectParams } from '#contracts/contract.js';

/** `chat.{chat_id}.log` with `{ chat_id: 7 }` is `chat.7.log`. */
export function fillSubject<E extends Event>(event: E, params: SubjectParams<E['subject']>): string {
  const values = params as Readonly<Record<string, number | string>>;
  return event.subject.replace(/\{(\w+)\}/g, (_, name: string) => token(values[name]));
}

/** `chat.{chat_id}.log` for every chat is `chat.*.log`. */
export function anySubject(event: Event): string {
  return event.subject.replace(/\{\w+\}/g, '*');
}

/** One token of a subject: dots, blanks and wildcards would make more than one of a name, and nothing would make none. */
export function token(value: number | string | undefined): string {
  return String(value).replace(/[.*>\s]/g, '_') || '_';
}

/** Subjects that begin with the same word are served by the same app. */
export function nounOf(subject: string): string {
  return subject.slice(0, subject.indexOf('.'));
}
