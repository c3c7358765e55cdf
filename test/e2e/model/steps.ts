import fc from 'fast-check';

/** Something that a text names: a person by their place, everybody, or nobody. */
type Word = number | '@chat' | '@here' | 'word';

/** Whoever the step names, or the sender of the message. */
type By = 'anyone' | 'sender';

/**
 * One thing that somebody does. People, chats and messages are places in the lists of the model, taken modulo their
 * length, so that steps can be left out and put together freely.
 */
export type Step = { readonly who: number; readonly chat: number } & (
  | { readonly do: 'send'; readonly text: readonly Word[]; readonly replyTo?: number | undefined }
  | { readonly do: 'send again'; readonly message: number; readonly text?: readonly Word[] | undefined }
  | { readonly do: 'edit'; readonly by: By; readonly message: number; readonly text: readonly Word[] }
  | { readonly do: 'delete'; readonly by: By; readonly message: number }
  | { readonly do: 'pin' | 'unpin'; readonly message: number }
  | { readonly do: 'react' | 'take back'; readonly message: number; readonly emoji: string }
  | { readonly do: 'read'; readonly seq: number }
  | { readonly do: 'join' | 'leave' | 'add' | 'remove' | 'look' }
);

const people = 4;
const chats = 2;

const who = fc.nat(people - 1);
const chat = fc.nat(chats - 1);
/** Mostly one of the latest: a message that nobody does anything to again finds few mistakes. */
const message = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, fc.nat(40));
const word = fc.oneof(who, fc.constantFrom<Word[]>('@chat', '@here', 'word'));
const text = fc.array(word, { minLength: 1, maxLength: 4 });
const emoji = fc.constantFrom('👍', '👩‍🚀', ':+1:');

const nothing = fc.constant({});
const saying = fc.record({ text, replyTo: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, message) });
const onMessage = fc.record({ message });
const by = fc.constantFrom<By[]>('sender', 'sender', 'sender', 'anyone');
const rewriting = fc.record({ by, message, text });
const deleting = fc.record({ by, message });
/** Mostly the same text. */
const repeating = fc.record({ message, text: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, text) });
const reacting = fc.record({ message, emoji });
const upTo = fc.record({ seq: fc.nat(60) });

function step<Name extends Step['do'], More extends object>(name: Name, more: fc.Arbitrary<More>) {
  return fc.tuple(who, chat, more).map(([who, chat, rest]) => ({ do: name, who, chat, ...rest }));
}

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: step('send', saying) },
  { weight: 2, arbitrary: step('send again', repeating) },
  { weight: 4, arbitrary: step('edit', rewriting) },
  { weight: 2, arbitrary: step('delete', deleting) },
  { weight: 3, arbitrary: step('read', upTo) },
  { weight: 5, arbitrary: step('react', reacting) },
  { weight: 2, arbitrary: step('take back', reacting) },
  { weight: 1, arbitrary: step('pin', onMessage) },
  { weight: 1, arbitrary: step('unpin', onMessage) },
  { weight: 3, arbitrary: step('join', nothing) },
  { weight: 2, arbitrary: step('leave', nothing) },
  { weight: 2, arbitrary: step('add', nothing) },
  { weight: 2, arbitrary: step('remove', nothing) },
  { weight: 2, arbitrary: step('look', nothing) },
);

/** What four people do in two chats, one thing after the other. */
export const anyStory = fc.array(anyStep, { maxLength: 60, size: 'max' });
