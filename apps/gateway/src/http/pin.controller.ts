import { Controller } from '@nestjs/common';
import { Bus } from '#bus/bus.js';
import { pinsApi } from '#contracts/http/pin.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { pinRpc } from '#contracts/pin.contract.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class PinController {
  constructor(private readonly bus: Bus) {}

  @Route(pinsApi.add)
  async add({ params }: InputOf<typeof pinsApi.add>, call: RequestCall) {
    return this.bus.relay(pinRpc.add, { message_id: params.id }, { within: call });
  }

  @Route(pinsApi.remove)
  async remove({ params }: InputOf<typeof pinsApi.remove>, call: RequestCall) {
    return this.bus.relay(pinRpc.remove, { message_id: params.id }, { within: call });
  }

  @Route(pinsApi.list)
  async list({ params, query }: InputOf<typeof pinsApi.list>, call: RequestCall) {
    return this.bus.relay(pinRpc.list, { chat_id: params.id, ...query }, { within: call });
  }
}
