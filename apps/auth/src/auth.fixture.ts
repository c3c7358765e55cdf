import { decodeJwt } from 'jose';
import type { RpcHandler, UserCaller } from '#bus/bus.js';
import { LocalBus } from '#bus/local-bus.js';
import { readConfig } from '#config/config.js';
import { authEvent, authRpc, type Login, type Revocation } from '#contracts/auth.contract.js';
import { FechatterError } from '#contracts/error.js';
import { workspaceRpc } from '#contracts/workspace.contract.js';
import type { Database } from '#database/database.js';
import { startHouse, type House } from '#testing/app.js';
import { authApp } from './auth.app.js';
import { AuthConfig } from './auth.config.js';
import { authDataSource } from './auth.data-source.js';

export const anyone = { kind: 'anyone' } as const;
export const client = { address: '192.0.2.7', user_agent: 'a browser' };
export const password = 'correct horse battery staple';

/** The auth app alone. In the place of chat stands a handler that notes what it is asked and fails when told to. */
export interface AuthHouse {
  readonly house: House;
  readonly database: Database;
  readonly personal: { asked: { user_id: number; username: string }[]; failure: FechatterError | undefined };
  /** What the event said, in order. */
  readonly announced: Revocation[];
  close(): Promise<void>;
}

export async function startAuth(env: Record<string, string> = {}): Promise<AuthHouse> {
  const house = await startHouse({ apps: [authApp], dataSources: [authDataSource], env });
  const personal: AuthHouse['personal'] = { asked: [], failure: undefined };
  const answer: RpcHandler<typeof workspaceRpc.ensurePersonal> = async (request) => {
    if (personal.failure !== undefined) throw personal.failure;
    personal.asked.push(request);
    return { workspace_id: request.user_id, chat_id: request.user_id };
  };
  house.bus.serve(workspaceRpc.ensurePersonal, answer, { queue: 'chat' });
  const announced: Revocation[] = [];
  house.bus.subscribe(authEvent.revoked, {}, (revocation) => void announced.push(revocation));
  return { house, database: await house.database('auth'), personal, announced, close: () => house.close() };
}

/** Starts a second process' worth of auth on the same database, with a bus of its own, and stops it again. */
export async function runReplica({ house }: AuthHouse, env: Record<string, string> = {}): Promise<void> {
  const bus = new LocalBus({ freeze: true });
  const config = readConfig(AuthConfig, {
    DATABASE_URL: house.test.url('auth'),
    FECHATTER_SECRET: 'a secret for tests, long enough',
    ...env,
  });
  const running = await authApp.start({ config, bus, validateReplies: true });
  await running.stop();
  await bus.close();
}

/** A new user, signed in. */
export async function register({ house }: AuthHouse, name: string): Promise<Login> {
  const request = { email: `${name}@example.com`, username: name, password, client };
  return house.bus.call(authRpc.register, request, { as: anyone, timeoutMs: 14_000 });
}

export async function login({ house }: AuthHouse, email: string, secret = password): Promise<Login> {
  return house.bus.call(authRpc.login, { email, password: secret, client }, { as: anyone, timeoutMs: 14_000 });
}

export async function refresh({ house }: AuthHouse, refreshToken: string): Promise<Login> {
  return house.bus.call(authRpc.refresh, { refresh_token: refreshToken, client }, { as: anyone });
}

/** The user who comes with the access token of this login. */
export function callerOf({ token }: Login): UserCaller {
  const { sub, sid, exp } = decodeJwt<{ sid: number }>(token);
  return { kind: 'user', user_id: Number(sub), session_id: sid, expires_at: exp ?? 0 };
}

/** What the work was refused with. */
export async function refusal(work: Promise<unknown>): Promise<FechatterError> {
  const error = await work.then(
    () => new Error('It was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof FechatterError) return error;
  throw error;
}
