import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ResponseReader } from './response-reader.js';

function answer(status: number, body: Buffer, name = 'content-length'): Buffer {
  const head = `HTTP/1.1 ${status} Whatever\r\nx-length: 1\r\n${name}: ${body.length}\r\ncontent-type: text/plain\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

function reader(keepBody = true) {
  const answers: { status: number; body: string }[] = [];
  const it = new ResponseReader((status, body) => answers.push({ status, body: body.toString('latin1') }));
  it.keepBody = keepBody;
  return { it, answers };
}

describe(ResponseReader.name, () => {
  it('reads the same answers however the bytes are cut, from a buffer that is used again', () => {
    const anyAnswer = fc.record({
      status: fc.integer({ min: 200, max: 599 }),
      body: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(fc.array(anyAnswer, { maxLength: 5 }), fc.integer({ min: 1, max: 120 }), (sent, size) => {
        const { it, answers } = reader();
        const shared = Buffer.alloc(size);
        for (const { status, body } of sent) {
          const bytes = answer(status, Buffer.from(body));
          for (let at = 0; at < bytes.length; at += size) {
            const length = bytes.copy(shared, 0, at, at + size);
            it.push(shared.subarray(0, length));
          }
        }
        expect(answers).toEqual(
          sent.map(({ status, body }) => ({ status, body: Buffer.from(body).toString('latin1') })),
        );
      }),
    );
  });

  it('drops bodies that nobody wants', () => {
    const { it, answers } = reader(false);
    it.push(answer(201, Buffer.from('long')));
    expect(answers).toEqual([{ status: 201, body: '' }]);
  });

  it('knows the name of the header in any case', () => {
    const { it, answers } = reader();
    it.push(answer(200, Buffer.from('ok'), 'Content-Length'));
    expect(answers).toEqual([{ status: 200, body: 'ok' }]);
  });

  it.each([
    ['an answer of unknown length', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['another protocol', 'SSH-2.0-OpenSSH\r\n\r\n'],
    ['a head without end', 'HTTP/1.1 200 OK\r\n'.padEnd(20_000, 'x')],
    ['more than was announced', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nabc'],
  ])('refuses %s', (_what, text) => {
    expect(() => reader().it.push(Buffer.from(text))).toThrow();
  });
});
