import type { Fetch } from './http.js';
import type { Clock } from './clock.js';

const graceMs = 10_000;
const tokenMs = 600_000;

interface Request {
  readonly operation: string;
  readonly token: string | undefined;
  readonly body: string;
}

interface Held {
  readonly request: Request;
  readonly answer: (status: number) => void;
}

/** A server that signs in, refreshes as auth does, and answers everything else with nothing. */
export class FakeServer {
  readonly requests: Request[] = [];
  /** Of operations that are held, until the spec answers. */
  readonly held: Held[] = [];
  /** How many answers to refreshes get lost from now on: nothing is heard, not even an end. */
  losing = 0;
  private readonly holding = new Set<string>();
  private readonly spentAt = new Map<string, number>();
  private readonly ended = new Set<string>();
  private sessions = 0;

  constructor(private readonly clock: Clock) {}

  /** For the options of a client. */
  readonly fetch: Fetch = async (input, init) => {
    const operation = `${init?.method ?? 'GET'} ${new URL(input instanceof Request ? input.url : input).pathname}`;
    const token = new Headers(init?.headers).get('authorization')?.replace('Bearer ', '');
    const request = { operation, token, body: typeof init?.body === 'string' ? init.body : '' };
    this.requests.push(request);
    if (this.holding.has(operation)) return this.answerLater(request);
    const response = this.answer(request);
    if (!operation.endsWith('/refresh') || this.losing === 0) return response;
    this.losing -= 1;
    return neverHeard(init?.signal);
  };

  /** From now on the spec says what this operation is answered. */
  hold(operation: string): void {
    this.holding.add(operation);
  }

  count(operation: string): number {
    return this.requests.filter((request) => request.operation === operation).length;
  }

  private answer({ operation, body }: Request): Response {
    if (operation === 'POST /api/auth/login') {
      const { email } = JSON.parse(body) as { email: string };
      return Response.json(this.login(email, `${++this.sessions}`, 1));
    }
    if (operation !== 'POST /api/auth/refresh') return Response.json({});
    const { refresh_token } = JSON.parse(body) as { refresh_token: string };
    const [email = '', session = '', generation = ''] = refresh_token.split(' ');
    const now = this.clock.now();
    const spentAt = this.spentAt.get(refresh_token) ?? now;
    this.spentAt.set(refresh_token, spentAt);
    const next = this.login(email, session, Number(generation) + 1);
    // Whoever comes too late with a token that is spent, or whose successor is, has stolen it.
    if (now - spentAt > graceMs || this.spentAt.has(next.refresh_token)) this.ended.add(session);
    return this.ended.has(session) ? unauthorized() : Response.json(next);
  }

  private login(email: string, session: string, generation: number) {
    const name = `${email} ${session} ${generation}`;
    const user = { id: email.charCodeAt(0), username: email, avatar_url: null, email };
    const expires_at = new Date(this.clock.now() + tokenMs).toISOString();
    return { token: `access ${name}`, refresh_token: name, user, expires_at };
  }

  private answerLater(request: Request): Promise<Response> {
    return new Promise((resolve) => {
      const answer = (status: number) => resolve(status === 401 ? unauthorized() : Response.json({}, { status }));
      this.held.push({ request, answer });
    });
  }
}

function unauthorized(): Response {
  return Response.json({ error: { code: 'UNAUTHORIZED', message: 'No' } }, { status: 401 });
}

function neverHeard(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
}
