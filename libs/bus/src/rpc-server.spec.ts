import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Injectable, Module, type OnApplicationShutdown } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import { rpc, type ReplyOf, type RequestOf } from '#contracts/contract.js';
import { FechatterError, invalid } from '#contracts/error.js';
import { configureLogging } from '#telemetry/logger.js';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { errorOf, subscribed, transports, type Ends, type Transport } from './bus.fixture.js';
import type { CallContext, Caller } from './bus.js';
import { Encoded } from './encoded.js';
import { Handle } from './handle.js';
import { RpcServer } from './rpc-server.js';

const user: Caller = { kind: 'user', user_id: 7, session_id: 70, expires_at: Math.floor(Date.now() / 1000) + 600 };

const Note = z.strictObject({ id: z.int(), text: z.string().max(10), by: z.int() });
const Asked = z.strictObject({ id: z.int().min(1), limit: z.int().max(50).default(20) });
const noteRpc = {
  write: rpc('note.write', 'user', z.strictObject({ text: z.string().trim().max(10) }), Note),
  read: rpc('note.read', 'user', Asked, Note),
  readEncoded: rpc('note.read_encoded', 'user', Asked, Note),
  drop: rpc('note.drop', 'user', Asked, z.undefined()),
  fail: rpc('note.fail', 'user', z.strictObject({ how: z.enum(['domain', 'unforeseen', 'at once']) }), Note),
  wait: rpc('note.wait', 'user', z.strictObject({}), z.undefined()),
};

/** What a handler works with until the app is shut down, like a pool of connections. */
@Injectable()
class Notebook implements OnApplicationShutdown {
  readonly begun = gate();
  readonly held = gate();
  readonly asked: unknown[] = [];
  isOpen = true;

  onApplicationShutdown(): void {
    this.isOpen = false;
  }
}

@Controller()
class NoteController {
  constructor(private readonly notebook: Notebook) {}

  @Handle(noteRpc.write)
  async write(
    { text }: RequestOf<typeof noteRpc.write>,
    { caller }: CallContext,
  ): Promise<ReplyOf<typeof noteRpc.read>> {
    return { id: 1, text, by: caller.kind === 'user' ? caller.user_id : 0 };
  }

  @Handle(noteRpc.read)
  async read(request: RequestOf<typeof noteRpc.read>): Promise<ReplyOf<typeof noteRpc.read>> {
    this.notebook.asked.push(request);
    return { id: request.id, text: request.id === 13 ? 'far too long' : 'short', by: 7 };
  }

  @Handle(noteRpc.readEncoded)
  async readEncoded({ id }: RequestOf<typeof noteRpc.readEncoded>): Promise<Encoded> {
    return new Encoded(Buffer.from(`{"id":${id},"text":"${id === 13 ? 'far too long' : 'short'}","by":7}`));
  }

  @Handle(noteRpc.drop)
  async drop(): Promise<undefined> {
    return undefined;
  }

  @Handle(noteRpc.fail)
  fail({ how }: RequestOf<typeof noteRpc.fail>): Promise<never> {
    if (how === 'at once') throw invalid('how', 'thrown before there was a promise');
    return Promise.reject(how === 'domain' ? new FechatterError('CONFLICT', 'Written already.') : new Error('oops'));
  }

  @Handle(noteRpc.wait)
  async wait(): Promise<undefined> {
    this.notebook.begun.open();
    await this.notebook.held.opened;
    if (!this.notebook.isOpen) throw new Error('The notebook was closed under our hands');
    return undefined;
  }
}

@Module({ controllers: [NoteController], providers: [Notebook] })
class NoteModule {}

beforeAll(() => configureLogging('silent', 'test'));

describe.each(transports)('RpcServer over $name', ({ start }) => {
  let transport: Transport;
  let ends: Ends;
  let closing: (() => Promise<void>)[];

  beforeAll(async () => {
    transport = await start();
  });
  afterAll(() => transport.stop());
  beforeEach(async () => {
    ends = await transport.open();
    closing = [() => ends.caller.close(), () => ends.server.close()];
  });
  afterEach(async () => {
    for (const close of closing.reverse()) await close();
  });

  async function serve(validateReplies = true) {
    const app = await NestFactory.createApplicationContext(NoteModule, { logger: false, abortOnError: false });
    const server = new RpcServer(ends.server, { queue: 'note', validateReplies });
    const close = async () => {
      await server.stop();
      await app.close();
    };
    closing.push(close);
    server.serve([app.get(NoteController)]);
    await subscribed(ends.server);
    return { notebook: app.get(Notebook), close };
  }

  it('hands a controller its validated request and the caller', async () => {
    await serve();
    const note = await ends.caller.call(noteRpc.write, { text: '  hello  ' }, { as: user });
    expect(note).toEqual({ id: 1, text: 'hello', by: 7 });
    expect(await ends.caller.call(noteRpc.drop, { id: 1 }, { as: user })).toBeUndefined();
  });

  it('fills in the defaults of the contract', async () => {
    const { notebook } = await serve();
    await ends.caller.call(noteRpc.read, { id: 5 }, { as: user });
    expect(notebook.asked).toEqual([{ id: 5, limit: 20 }]);
  });

  it.each([
    [{ id: 'five' }, 'id'],
    [{ id: 1, limit: 51 }, 'limit'],
    [{}, 'id'],
    [{ id: 1, extra: true }, 'extra'],
    [null, ''],
    [undefined, ''],
    [[], ''],
  ])('refuses %j by name before a handler sees it', async (request, field) => {
    const { notebook } = await serve();
    const error = await errorOf(ends.caller.call(noteRpc.read, request as { id: number }, { as: user }));
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(error.details.map((detail) => detail.field)).toEqual([field]);
    expect(notebook.asked).toEqual([]);
  });

  it.each([noteRpc.read, noteRpc.readEncoded])('checks replies when it is asked to: $subject', async (contract) => {
    await serve(true);
    expect(await ends.caller.call(contract, { id: 1 }, { as: user })).toEqual({ id: 1, text: 'short', by: 7 });
    expect((await errorOf(ends.caller.call(contract, { id: 13 }, { as: user }))).code).toBe('INTERNAL_ERROR');
  });

  it.each([noteRpc.read, noteRpc.readEncoded])('lets replies pass otherwise: $subject', async (contract) => {
    await serve(false);
    expect(await ends.caller.call(contract, { id: 13 }, { as: user })).toMatchObject({ text: 'far too long' });
  });

  it('carries what controllers throw', async () => {
    await serve();
    const fail = (how: 'domain' | 'unforeseen' | 'at once') =>
      errorOf(ends.caller.call(noteRpc.fail, { how }, { as: user }));
    expect(await fail('domain')).toMatchObject({ code: 'CONFLICT', message: 'Written already.' });
    expect(await fail('at once')).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field: 'how' }] });
    const unforeseen = await fail('unforeseen');
    expect(unforeseen.code).toBe('INTERNAL_ERROR');
    expect(unforeseen.message).not.toContain('oops');
  });

  it('refuses callers that the contract does not name', async () => {
    await serve();
    const as: Caller = { kind: 'service', service: 'search' };
    expect((await errorOf(ends.caller.call(noteRpc.read, { id: 1 }, { as }))).code).toBe('FORBIDDEN');
  });

  it('answers what is in flight before the app closes what the handlers use', async () => {
    const { notebook, close } = await serve();
    const { begun, held } = notebook;
    const answer = ends.caller.call(noteRpc.wait, {}, { as: user });
    await begun.opened;
    const closed = close();
    // NATS may hand over a request or two that were on their way when the server had it stop.
    const read = () => ends.caller.call(noteRpc.read, { id: 1 }, { as: user });
    await eventually(() =>
      read().then(
        () => false,
        (error: FechatterError) => error.code === 'UNAVAILABLE',
      ),
    );
    held.open();
    expect(await answer).toBeUndefined();
    await closed;
    closing.pop();
  });
});
