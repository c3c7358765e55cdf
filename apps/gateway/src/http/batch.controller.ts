import { Controller } from '@nestjs/common';
import { batchApi } from '#contracts/http/batch.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { OperationRunner } from './operation-runner.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class BatchController {
  constructor(private readonly runner: OperationRunner) {}

  @Route(batchApi.run)
  async run({ body }: InputOf<typeof batchApi.run>, call: RequestCall) {
    return { results: await this.runner.run(body.operations, call) };
  }
}
