import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { usersApi } from '#contracts/http/user.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { userRpc } from '#contracts/user.contract.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';
import { UserDirectory } from './user-directory.js';

@Controller()
export class UserController {
  constructor(
    private readonly bus: Bus,
    private readonly directory: UserDirectory,
  ) {}

  @Route(usersApi.me)
  async me(_: InputOf<typeof usersApi.me>, call: RequestCall) {
    return this.bus.relay(userRpc.me, {}, { within: call });
  }

  @Route(usersApi.updateMe)
  async updateMe({ body }: InputOf<typeof usersApi.updateMe>, call: RequestCall) {
    return this.bus.relay(userRpc.updateMe, body, { within: call });
  }

  @Route(usersApi.list)
  async list({ query }: InputOf<typeof usersApi.list>, call: RequestCall) {
    return this.directory.listMembers(query, call);
  }

  @Route(usersApi.get)
  async get({ params }: InputOf<typeof usersApi.get>, call: RequestCall) {
    return this.directory.get(params.id, call);
  }
}
