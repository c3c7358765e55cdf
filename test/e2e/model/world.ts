import type { ChatState } from '#domain/chat-state.js';
import type { Person } from '../client.js';
import { ChatModel, type ModelMessage, type Text } from './chat-model.js';
import { readState } from './read-state.js';
import type { Step } from './steps.js';

/** The people, their chats as the model has them, and what a client has read of them at some moments. */
export class World {
  readonly looks: { readonly chat: ChatModel; readonly state: ChatState }[] = [];
  private lastKey = 0;

  private constructor(
    readonly people: readonly Person[],
    readonly chats: readonly ChatModel[],
  ) {}

  /** Two chats of the first person: a public one with two others and a private one with one. */
  static async create(people: readonly Person[]): Promise<World> {
    const [owner, second, third] = people as [Person, Person, Person];
    const make = async (isPrivate: boolean, ...members: Person[]) => {
      const memberIds = members.map((member) => member.id);
      const { id } = await owner.createChannel(undefined, { is_private: isPrivate, member_ids: memberIds });
      return new ChatModel(id, isPrivate, owner.id, memberIds);
    };
    return new World(people, [await make(false, second, third), await make(true, third)]);
  }

  get owner(): Person {
    return this.people[0] as Person;
  }

  person(place: number): Person {
    return this.people[place % this.people.length] as Person;
  }

  chat(place: number): ChatModel {
    return this.chats[place % this.chats.length] as ChatModel;
  }

  /** Counted from the last one back; undefined while there is none. */
  message(chat: ChatModel, place: number): ModelMessage | undefined {
    return chat.messages.at(-1 - (place % Math.max(chat.messages.length, 1)));
  }

  text(words: Extract<Step, { do: 'send' }>['text']): Text {
    const named = words.flatMap((word) => (typeof word === 'number' ? this.person(word) : []));
    return {
      content: words
        .map((word) => (typeof word === 'number' ? `@${this.person(word).login.user.username}` : word))
        .join(' '),
      userIds: named.map(({ id }) => id),
      everyone: words.includes('@chat') || words.includes('@here'),
    };
  }

  sender({ sender_id }: ModelMessage): Person {
    return this.people.find(({ id }) => id === sender_id) as Person;
  }

  /** Unique in this world, and the chats are its own. */
  nextKey(): string {
    this.lastKey += 1;
    return `key ${this.lastKey}`;
  }

  /** The owner's client reads the chat and goes on by its log from there. */
  async look(chat: ChatModel): Promise<void> {
    this.looks.push({ chat, state: await readState(this.owner, chat.id) });
  }

  /** Takes the chats away, so that lists stay short. */
  async close(): Promise<void> {
    await Promise.all(this.chats.map((chat) => this.owner.ok('DELETE', `/api/chats/${chat.id}`)));
  }
}
