import { createReadStream, type ReadStream } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Controller, Get, Inject, Param, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { FechatterError } from '#contracts/error.js';
import { gatewayConfig, type GatewayConfig } from '../gateway.config.js';

const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

const assets: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** The page needs its own scripts and styles; nothing from elsewhere. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Fechatter API</title>
    <link rel="stylesheet" href="/api/docs/swagger-ui.css">
    <link rel="icon" href="/api/docs/favicon-32x32.png">
  </head>
  <body>
    <div id="page"></div>
    <script src="/api/docs/swagger-ui-bundle.js"></script>
    <script src="/api/docs/start.js"></script>
  </body>
</html>
`;

const start = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#page', deepLinking: true, persistAuthorization: false });
`;

/** The OpenAPI document as a page to browse and try, served from our own disk. */
@Controller('api/docs')
export class DocsController {
  constructor(@Inject(gatewayConfig) private readonly config: GatewayConfig) {}

  @Get()
  page(@Res({ passthrough: true }) reply: FastifyReply): string {
    this.open(reply, 'text/html; charset=utf-8');
    return page;
  }

  @Get(':file')
  file(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): string | StreamableFile {
    if (file === 'start.js') {
      this.open(reply, 'text/javascript; charset=utf-8');
      return start;
    }
    const type = Object.hasOwn(assets, file) ? assets[file] : undefined;
    if (type === undefined) throw new FechatterError('NOT_FOUND');
    this.open(reply, type);
    return new StreamableFile(read(file));
  }

  private open(reply: FastifyReply, type: string): void {
    if (!this.config.API_DOCS) throw new FechatterError('NOT_FOUND');
    void reply.type(type).header('content-security-policy', policy).header('cache-control', 'no-cache');
  }
}

function read(file: string): ReadStream {
  return createReadStream(join(folder, file));
}
