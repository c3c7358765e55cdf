import { describe, expect, it } from '@jest/globals';
import { FechatterError } from '#contracts/error.js';
import { isConnectionLost, isNeverSent, toUnavailable } from './errors.js';

function withCode(code: string, fields: object = {}): Error {
  return Object.assign(new Error(`it is ${code}`), { code, ...fields });
}

/** As Node says it of what it does with a socket. */
function ofSocket(code: string, syscall: string): Error {
  return withCode(code, { syscall });
}

/** What passes by itself; whether the statement was never sent, and whether the connection is of no use any more. */
const passing: [what: string, error: Error, neverSent: boolean, lost: boolean][] = [
  ['a host that listens at no such port', ofSocket('ECONNREFUSED', 'connect'), true, true],
  ['a name that is not known', ofSocket('ENOTFOUND', 'getaddrinfo'), true, true],
  ['a name server that does not answer', ofSocket('EAI_AGAIN', 'getaddrinfo'), true, true],
  ['a host without a way to it', ofSocket('EHOSTUNREACH', 'connect'), true, true],
  ['a network without a way to it', ofSocket('ENETUNREACH', 'connect'), true, true],
  ['a socket file that is not there', ofSocket('ENOENT', 'connect'), true, true],
  ['no local port to connect from', ofSocket('EADDRNOTAVAIL', 'connect'), true, true],
  ['a host that does not answer', ofSocket('ETIMEDOUT', 'connect'), true, true],
  [
    'none of several addresses',
    Object.assign(new AggregateError([ofSocket('ECONNREFUSED', 'connect')]), { code: 'ECONNREFUSED' }),
    ...([true, true] as const),
  ],
  ['a pool that is in use', new Error('timeout exceeded when trying to connect'), true, true],
  ['a pool that too many wait for', new Error('Connection pool exhausted'), true, true],
  ['a connection that does not begin', new Error('Connection terminated due to connection timeout'), true, true],
  ['one that ends at its beginning', new Error('timeout expired'), true, true],
  ['a pool that is closed', new Error('Cannot use a pool after calling end on the pool'), true, true],
  ['a PostgreSQL that starts', withCode('57P03'), true, false],
  ['a connection that was cut', ofSocket('ECONNRESET', 'read'), false, true],
  ['a way that is lost in between', ofSocket('EHOSTUNREACH', 'read'), false, true],
  ['an answer that does not come', ofSocket('ETIMEDOUT', 'read'), false, true],
  ['a connection that is closed', ofSocket('EPIPE', 'write'), false, true],
  ['one that ends', new Error('Connection terminated unexpectedly'), false, true],
  ['one that has ended', new Error('Client has encountered a connection error and is not queryable'), false, true],
  ['a statement without an answer', new Error('Query read timeout'), false, true],
  ['a standby', withCode('25006'), false, true],
  ['no room for a connection', withCode('53300'), false, false],
  ['a PostgreSQL that stops', withCode('57P01'), false, false],
  ['a statement that took too long', withCode('57014'), false, false],
  ['a lock that others hold', withCode('55P03'), false, false],
  ['a deadlock', withCode('40P01'), false, false],
];

const staying: [what: string, error: unknown][] = [
  ['a unique violation', withCode('23505')],
  ['a division by zero', withCode('22012')],
  ['a column that is not there', withCode('42703')],
  ['a certificate that is not trusted', withCode('DEPTH_ZERO_SELF_SIGNED_CERT')],
  ['a bigint that is none', new RangeError('bigint 9223372036854775807 is beyond the safe integers')],
  ['a mistake that speaks of a timeout', new TypeError('Connection timeout is not a function')],
  ['a refusal of ours', new FechatterError('VALIDATION_ERROR', 'Connection terminated')],
  ['no error', 'timeout expired'],
];

describe('An error of the database', () => {
  it.each(passing)('passes by itself: %s', (_what, error) => {
    expect(toUnavailable(error)).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1, cause: error });
  });

  it.each(staying)('stays what it is: %s', (_what, error) => {
    expect(toUnavailable(error)).toBe(error);
    expect(isConnectionLost(error)).toBe(false);
    expect(isNeverSent(error)).toBe(false);
  });

  it.each(passing)('says what became of statement and connection: %s', (_what, error, neverSent, lost) => {
    for (const each of [error, toUnavailable(error)]) {
      expect(isNeverSent(each)).toBe(neverSent);
      expect(isConnectionLost(each)).toBe(lost);
    }
  });
});
