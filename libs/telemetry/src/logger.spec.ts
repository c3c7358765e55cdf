import { afterEach, describe, expect, it } from '@jest/globals';
import { configureLogging, Logger } from './logger.js';

const canary = 'what nobody may read';
const secrets = ['password', 'token', 'refresh_token', 'ticket', 'authorization', 'cookie', 'content', 'secret'];

afterEach(() => configureLogging('info', 'test'));

/** What `log` writes. */
function written(log: (logger: Logger) => void): string {
  let lines = '';
  configureLogging('debug', 'test', { write: (line) => void (lines += line) });
  log(new Logger('spec'));
  return lines;
}

describe('The log', () => {
  it.each(secrets)('never has the value of %s, at any depth that is logged', (name) => {
    const depths = [{ [name]: canary }, { a: { [name]: canary } }, { a: { b: { [name]: canary } } }];
    for (const fields of depths) {
      const lines = written((logger) => {
        logger.debug('It happened', fields);
        logger.info('It happened', fields);
        logger.warn('It happened', fields);
        logger.error('It happened', new Error('a reason'), fields);
      });
      expect(lines).not.toContain(canary);
      expect(lines.match(new RegExp(`"${name}":"\\[redacted\\]"`, 'g'))).toHaveLength(4);
    }
  });

  it('has the facts beside them', () => {
    const lines = written((logger) => logger.info('It happened', { user_id: 7, token: canary }));
    expect(JSON.parse(lines)).toMatchObject({
      ...{ level: 'info', app: 'test', logger: 'spec', message: 'It happened' },
      ...{ user_id: 7, token: '[redacted]' },
    });
  });

  it('has of an error and its causes what they are called, and nothing that was hung onto them', () => {
    const cause = Object.assign(new Error('duplicate key'), { code: '23505', detail: canary, parameters: [canary] });
    const lines = written((logger) => logger.error('It failed', new Error('no', { cause })));
    expect(lines).not.toContain(canary);
    expect(JSON.parse(lines)).toMatchObject({
      err: { name: 'Error', message: 'no', cause: { message: 'duplicate key', code: '23505' } },
    });
  });
});
