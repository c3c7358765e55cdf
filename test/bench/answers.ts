import { Message } from '#contracts/message.contract.js';
import { messageText } from '../load/message-text.js';

/** Throws for an answer that is no message, or whose text is none of the first `variety` generated ones. */
export function aMessageOf(variety: number): (body: string) => void {
  const texts = new Set(Array.from({ length: variety }, (_, number) => messageText(number)));
  return (body) => {
    const { content } = Message.parse(JSON.parse(body));
    if (!texts.has(content))
      throw new Error(`A send was answered with a text that nobody sent: ${content.slice(0, 80)}`);
  };
}

/** Throws for an answer that differs in a byte. */
export function exactly(expected: string): (body: string) => void {
  return (body) => {
    if (body !== expected) throw new Error(`An answer is not what it was before: ${body.slice(0, 200)}`);
  };
}
