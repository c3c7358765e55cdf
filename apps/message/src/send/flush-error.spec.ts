import { describe, expect, it } from '@jest/globals';
import { toUnavailable } from '#database/errors.js';
import { refusalOf } from './flush-error.js';

function withCode(code: string, fields: object = {}): Error {
  return Object.assign(new Error(`it is ${code}`), { code, ...fields });
}

const notStored: [what: string, error: Error][] = [
  ['refuses connections', withCode('ECONNREFUSED', { syscall: 'connect' })],
  ['is not known by its name', withCode('ENOTFOUND', { syscall: 'getaddrinfo' })],
  ['cannot be asked for, as no name server answers', withCode('EAI_AGAIN', { syscall: 'getaddrinfo' })],
  ['cannot be reached', withCode('EHOSTUNREACH', { syscall: 'connect' })],
  ['lets no connection begin', new Error('Connection terminated due to connection timeout')],
  ['has no connection left', new Error('timeout exceeded when trying to connect')],
  ['only reads', withCode('25006')],
  ['has no room', withCode('53100')],
  ['took too long', withCode('57014')],
  ['met a deadlock', withCode('40P01')],
];

const unknown: [what: string, error: Error][] = [
  ['does not answer', new Error('Query read timeout')],
  ['ends the connection', new Error('Connection terminated unexpectedly')],
  ['is cut off', withCode('ECONNRESET', { syscall: 'read' })],
  ['is cut off on the way', withCode('EHOSTUNREACH', { syscall: 'read' })],
  ['stops', withCode('57P01')],
];

describe('A flush that failed', () => {
  it.each(notStored)('has stored nothing where PostgreSQL %s', (_what, error) => {
    expect(refusalOf(toUnavailable(error), true)).toMatchObject({
      ...{ code: 'UNAVAILABLE', retryAfterSeconds: 1, cause: error },
      message: 'The database is busy and the message was not stored. Send it again in a moment.',
    });
  });

  it.each(unknown)('has an outcome that nobody knows where PostgreSQL %s', (_what, error) => {
    const [withKeys, withoutKeys] = [true, false].map((hasKeys) => refusalOf(toUnavailable(error), hasKeys));
    expect(withKeys).toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/same idempotency key is safe/),
    });
    expect(withoutKeys).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(/may store it twice/) });
  });

  it('says of a locked chat that it is busy', () => {
    expect(refusalOf(toUnavailable(withCode('55P03')), true)).toMatchObject({
      message: expect.stringMatching(/^The chat is busy/),
    });
  });

  it('is told as it is where it was refused for what was sent', () => {
    const broken = withCode('22P02');
    expect(refusalOf(toUnavailable(broken), true)).toBe(broken);
  });
});
