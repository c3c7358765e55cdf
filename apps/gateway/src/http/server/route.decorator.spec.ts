import { describe, expect, it } from '@jest/globals';
import { messagesApi } from '#contracts/http/message.routes.js';
import { systemApi } from '#contracts/http/system.routes.js';
import { usersApi } from '#contracts/http/user.routes.js';
import type { InputOf, ReplyOf } from '#contracts/http/route.js';
import type { RequestCall } from './request-call.js';
import { Route, routesOf } from './route.decorator.js';

/** Each `@ts-expect-error` fails the type check as soon as the line below it compiles. */
class Misfits {
  // @ts-expect-error the reply lacks fields
  @Route(systemApi.health)
  async replyTooSmall() {
    return { status: 'ok' as const };
  }

  // @ts-expect-error the reply is of another type
  @Route(usersApi.me)
  async replyWrong() {
    return 'me';
  }

  // @ts-expect-error not a promise
  @Route(systemApi.health)
  notAsync() {
    return { status: 'ok' as const, version: '1', uptime_seconds: 1 };
  }

  // @ts-expect-error the input of another operation
  @Route(messagesApi.delete)
  async inputWrong(_: InputOf<typeof messagesApi.send>) {
    return {};
  }

  // @ts-expect-error more than input and call
  @Route(messagesApi.delete)
  async tooMany(_: InputOf<typeof messagesApi.delete>, __: RequestCall, ___: string) {
    return {};
  }

  @Route(messagesApi.delete)
  async fits(
    { params }: InputOf<typeof messagesApi.delete>,
    _: RequestCall,
  ): Promise<ReplyOf<typeof messagesApi.delete>> {
    const id: number = params.id;
    // @ts-expect-error there is no query
    void params.query;
    return id > 0 ? {} : {};
  }

  @Route(systemApi.health)
  async fitsWithoutParameters() {
    return { status: 'ok' as const, version: '1', uptime_seconds: 1 };
  }
}

describe('@Route', () => {
  it('writes down which method serves which operation, and calls it on its controller', async () => {
    const routes = routesOf(new Misfits());
    expect(routes.map(({ contract }) => contract)).toEqual(
      expect.arrayContaining([systemApi.health, messagesApi.delete]),
    );
    const last = routes.at(-1);
    expect(await last?.handle({ params: {}, query: {}, headers: {}, body: undefined }, undefined as never)).toEqual({
      status: 'ok',
      version: '1',
      uptime_seconds: 1,
    });
  });

  it('serves nothing on what is not marked', () => {
    expect(routesOf({})).toEqual([]);
  });
});
