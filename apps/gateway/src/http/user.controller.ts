import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { usersApi } from '#contracts/http/user.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { userRpc } from '#contracts/user.contract.js';
import { Route } from './route.decorator.js';
import { UserDirectory } from './user-directory.js';

@Controller()
export class UserController {
  constructor(
    private readonly bus: Bus,
    private readonly directory: UserDirectory,
  ) {}

  @Route(usersApi.me)
  async me() {
    return this.bus.call(userRpc.me, {});
  }

  @Route(usersApi.updateMe)
  async updateMe({ body }: InputOf<typeof usersApi.updateMe>) {
    return this.bus.call(userRpc.updateMe, body);
  }

  @Route(usersApi.list)
  async list({ query }: InputOf<typeof usersApi.list>) {
    return this.directory.listMembers(query);
  }

  @Route(usersApi.get)
  async get({ params }: InputOf<typeof usersApi.get>) {
    return this.directory.get(params.id);
  }
}
