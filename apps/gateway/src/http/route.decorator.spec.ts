import { describe, expect, it } from '@jest/globals';
import { messagesApi } from '#contracts/http/message.routes.js';
import { systemApi } from '#contracts/http/system.routes.js';
import { usersApi } from '#contracts/http/user.routes.js';
import type { InputOf, ReplyOf } from '#contracts/http/route.js';
import type { RequestCall } from './request-call.js';
import { Route } from './route.decorator.js';

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
  it('writes down path, method, status and contract of its operation', () => {
    const fits = Object.getOwnPropertyDescriptor(Misfits.prototype, 'fits')?.value as object;
    expect(Reflect.getMetadata('path', fits)).toBe('/api/messages/:id');
    expect(Reflect.getMetadata('method', fits)).toBe(3);
    expect(Reflect.getMetadata('__httpCode__', fits)).toBe(200);
    expect(Reflect.getMetadata('__fastify_route_config__', fits)).toEqual({ contract: messagesApi.delete });
  });
});
