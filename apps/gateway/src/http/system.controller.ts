import { Controller } from '@nestjs/common';
import { openApiDocument } from '#contracts/http/openapi.js';
import { routes } from '#contracts/http/routes.js';
import { systemApi } from '#contracts/http/system.routes.js';
import { version } from '#service/version.js';
import { Route } from './server/route.decorator.js';

@Controller()
export class SystemController {
  private document: ReturnType<typeof openApiDocument> | undefined;

  @Route(systemApi.health)
  async health() {
    return { status: 'ok' as const, version, uptime_seconds: Math.floor(process.uptime()) };
  }

  @Route(systemApi.openapi)
  async openapi() {
    this.document ??= openApiDocument(routes);
    return this.document;
  }
}
