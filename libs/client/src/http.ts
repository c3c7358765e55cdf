import { errorCatalogue, ErrorBody, FechatterError, type ErrorCode } from '#contracts/error.js';
import type { ReplyOf, Route } from '#contracts/http/route.js';
import type { Gateways } from './gateways.js';
import { parseJson } from './json.js';
import { requestOf, type InputArguments } from './request.js';

const timeoutMs = 20_000;

export type Fetch = typeof globalThis.fetch;

/** Calls operations of the HTTP interface, once each. */
export class Http {
  constructor(
    private readonly gateways: Gateways,
    private readonly fetch: Fetch,
  ) {}

  /**
   * The answer of an operation, as its contract has it. Throws what the server says as FechatterError, and UNAVAILABLE
   * when nothing was heard of the server: the operation may have been done.
   */
  async call<R extends Route>(
    route: R,
    token: string | undefined,
    signal: AbortSignal | undefined,
    ...[input]: InputArguments<R>
  ): Promise<ReplyOf<R>> {
    const { path, init } = requestOf(route, input ?? {});
    const authorization = token === undefined ? undefined : { authorization: `Bearer ${token}` };
    const request = {
      ...init,
      headers: { ...(init.headers as Record<string, string>), ...authorization },
      signal: signal ?? AbortSignal.timeout(timeoutMs),
    };
    const { response, text } = await this.exchange(path, request);
    if (!response.ok) throw errorOf(response, text);
    const reply = parseJson(text);
    if (reply === undefined) throw new FechatterError('UNAVAILABLE', 'Something else than the server has answered.');
    return reply as ReplyOf<R>;
  }

  private async exchange(path: string, init: RequestInit): Promise<{ response: Response; text: string }> {
    const gateway = this.gateways.forCall();
    try {
      const response = await this.fetch(new URL(path, gateway.url), init);
      return { response, text: await response.text() };
    } catch (cause) {
      if (init.signal?.aborted === true && !isTimeout(cause)) throw cause;
      gateway.failed();
      throw new FechatterError('UNAVAILABLE', 'The server could not be reached.', { cause });
    }
  }
}

/** Whoever called off a call gets the reason that they gave. */
function isTimeout(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === 'TimeoutError';
}

/** The error of an answer, be it the server's own or that of something on the way to it. */
function errorOf({ status, headers }: Response, text: string): FechatterError {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  const options = Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {};
  const parsed = ErrorBody.safeParse(parseJson(text));
  if (!parsed.success) return new FechatterError(codeOf(status), undefined, options);
  const { code, message, details = [] } = parsed.data.error;
  return new FechatterError(code, message, { ...options, details });
}

/** A status that no error of ours has is one of a proxy, which speaks for a server that it does not reach. */
function codeOf(status: number): ErrorCode {
  const codes = Object.keys(errorCatalogue) as ErrorCode[];
  const code = codes.find((name) => errorCatalogue[name].status === status);
  return code ?? (status >= 500 ? 'UNAVAILABLE' : 'BAD_REQUEST');
}
