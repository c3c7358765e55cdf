import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { rpc, type ReplyOf, type RequestOf } from '#contracts/contract.js';
import type { CallContext } from './bus.js';
import { Encoded } from './encoded.js';
import { Handle, handlersOf } from './handle.js';

const count = rpc('probe.count', 'anyone', z.strictObject({ of: z.string() }), z.strictObject({ count: z.int() }));

/** Checked by the compiler: a line that compiles although a `@ts-expect-error` stands before it is an error. */
class Compiles {
  @Handle(count)
  async right(request: RequestOf<typeof count>, _context: CallContext): Promise<ReplyOf<typeof count>> {
    return { count: request.of.length };
  }

  @Handle(count)
  async withoutContext({ of }: { of: string }): Promise<{ count: number }> {
    return { count: of.length };
  }

  @Handle(count)
  async withoutRequest(): Promise<{ count: number }> {
    return { count: 0 };
  }

  @Handle(count)
  async encoded(): Promise<Encoded> {
    return new Encoded(Buffer.from('{"count":0}'));
  }

  // @ts-expect-error: the request has another type
  @Handle(count)
  async wrongRequest(request: { of: number }): Promise<{ count: number }> {
    return { count: request.of };
  }

  // @ts-expect-error: the request lacks what the method needs
  @Handle(count)
  async greedyRequest(request: { of: string; more: string }): Promise<{ count: number }> {
    return { count: request.more.length };
  }

  // @ts-expect-error: the second argument is the context
  @Handle(count)
  async wrongContext(_request: { of: string }, caller: string): Promise<{ count: number }> {
    return { count: caller.length };
  }

  // @ts-expect-error: there is no third argument
  @Handle(count)
  async third(_request: { of: string }, _context: CallContext, more: string): Promise<{ count: number }> {
    return { count: more.length };
  }

  // @ts-expect-error: the reply has another type
  @Handle(count)
  async wrongReply(): Promise<{ count: string }> {
    return { count: '0' };
  }

  // @ts-expect-error: the reply lacks a field
  @Handle(count)
  async poorReply(): Promise<object> {
    return {};
  }

  // @ts-expect-error: nothing is no reply
  @Handle(count)
  async noReply(): Promise<void> {}

  // @ts-expect-error: a handler is asynchronous
  @Handle(count)
  synchronous(): { count: number } {
    return { count: 0 };
  }

  // @ts-expect-error: an event is no request
  @Handle({ kind: 'event', subject: 'probe.count', payload: z.strictObject({}) })
  async event(): Promise<undefined> {
    return undefined;
  }
}

it('marks methods with their contracts, and calls them on their controller', async () => {
  const [first, ...others] = handlersOf(new Compiles());
  expect(first?.contract).toBe(count);
  const context: CallContext = { caller: { kind: 'anyone' }, requestId: 'r', deadline: Date.now() + 1_000 };
  expect(await first?.handle({ of: 'four' }, context)).toEqual({ count: 4 });
  expect(others.length).toBeGreaterThan(3);
});

it('finds nothing on what is not marked', () => {
  expect(handlersOf({})).toEqual([]);
});
