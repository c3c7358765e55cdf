import { Controller } from '@nestjs/common';
import { importApi } from '#contracts/http/import.routes.js';
import type { InputOf } from '#contracts/http/route.js';
import { ImportStream } from './import-stream.js';
import type { RequestCall } from './server/request-call.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class ImportController {
  constructor(private readonly imports: ImportStream) {}

  @Route(importApi.run)
  async run({ params, body }: InputOf<typeof importApi.run>, call: RequestCall) {
    return this.imports.run(params.id, body, call);
  }
}
