import { expect } from '@jest/globals';
import type fc from 'fast-check';
import type { Message } from '#contracts/message.contract.js';
import type { Answer, Person } from '../client.js';
import type { ChatModel, ModelMessage, Outcome } from './chat-model.js';
import { compareChat, compareLists, foretold, shown } from './compare.js';
import type { Step } from './steps.js';
import type { World } from './world.js';

/** Whom and what a step is about. */
interface Scene {
  readonly world: World;
  readonly person: Person;
  readonly chat: ChatModel;
}

/** A step as fast-check runs it: the model foretells the answer, and afterwards the lists of everybody. */
export class Command implements fc.AsyncCommand<World, World> {
  constructor(private readonly step: Step) {}

  check(): boolean {
    return true;
  }

  async run(world: World): Promise<void> {
    await act(this.step, { world, person: world.person(this.step.who), chat: world.chat(this.step.chat) });
    await compareLists(world);
  }

  toString(): string {
    return JSON.stringify(this.step);
  }
}

async function act(step: Step, scene: Scene): Promise<void> {
  const { world, person, chat } = scene;
  const { id } = chat;
  switch (step.do) {
    case 'send': {
      const [text, key] = [world.text(step.text), world.nextKey()];
      const parent = step.replyTo === undefined ? undefined : world.message(chat, step.replyTo);
      const body = { chat_id: id, content: text.content, idempotency_key: key, parent_id: parent?.id };
      return answers(await person.call('POST', '/api/messages', body), chat.send(person.id, text, key, parent));
    }
    case 'read': {
      const outcome = chat.read(person.id, step.seq);
      const answer = await person.call('POST', `/api/chats/${id}/read`, { seq: step.seq });
      answers(answer, outcome);
      const read = { read_seq: chat.readSeqs.get(person.id), unread_count: chat.unread(person.id).length };
      if (outcome.status === 200) expect(answer.body).toEqual({ chat_id: id, ...read });
      return;
    }
    case 'join':
      return answers(await person.call('POST', `/api/chats/${id}/join`), chat.join(person.id));
    case 'leave':
      return answers(await person.call('POST', `/api/chats/${id}/leave`), chat.leave(person.id));
    case 'add': {
      const body = { user_ids: [person.id] };
      return answers(await world.owner.call('POST', `/api/chats/${id}/members`, body), chat.add(person.id));
    }
    case 'remove': {
      const outcome = person === world.owner ? chat.leave(person.id) : chat.remove(person.id);
      return answers(await world.owner.call('DELETE', `/api/chats/${id}/members/${person.id}`), outcome);
    }
    case 'look':
      await compareChat(world, chat);
      return world.look(chat);
    default: {
      const message = world.message(chat, step.message);
      if (message !== undefined) await actOn(message, step, scene);
    }
  }
}

async function actOn(
  message: ModelMessage,
  step: Extract<Step, { message: number }>,
  { world, person, chat }: Scene,
): Promise<void> {
  const path = `/api/messages/${message.id}`;
  switch (step.do) {
    case 'send again': {
      const text = step.text === undefined ? { ...world.text([]), content: message.sent } : world.text(step.text);
      const body = {
        ...{ chat_id: chat.id, content: text.content, idempotency_key: message.idempotency_key },
        ...(message.parent_id === null ? {} : { parent_id: message.parent_id }),
      };
      return answers(await world.sender(message).call('POST', '/api/messages', body), chat.sendAgain(message, text));
    }
    case 'edit': {
      const text = world.text(step.text);
      const by = step.by === 'sender' ? world.sender(message) : person;
      const outcome = chat.edit(by.id, message, text);
      return answers(await by.call('PUT', path, { content: text.content }), outcome);
    }
    case 'delete': {
      const by = step.by === 'sender' ? world.sender(message) : person;
      return answers(await by.call('DELETE', path), chat.delete(by.id, message));
    }
    case 'react': {
      const outcome = chat.react(person.id, message, step.emoji);
      return answers(await person.call('POST', `${path}/reactions`, { emoji: step.emoji }), outcome);
    }
    case 'take back': {
      const outcome = chat.takeBack(person.id, message, step.emoji);
      return answers(await person.call('DELETE', `${path}/reactions/${encodeURIComponent(step.emoji)}`), outcome);
    }
    case 'pin':
      return answers(await person.call('PUT', `${path}/pin`), chat.pin(person.id, message));
    case 'unpin':
      return answers(await person.call('DELETE', `${path}/pin`), chat.unpin(person.id, message));
  }
}

/** The server has answered as foretold; a new message gets its id from the answer. */
function answers({ status, body }: Answer, { status: expected, message }: Outcome): void {
  expect({ status, body: status === expected ? undefined : body }).toEqual({ status: expected, body: undefined });
  if (message === undefined) return;
  if (message.id === 0) message.id = (body as Message).id;
  expect(shown(body as Message)).toEqual(foretold(message));
}
