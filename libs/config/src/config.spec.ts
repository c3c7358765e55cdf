import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ConfigError, readConfig, readTogether } from './config.js';
import { flag, integer, list, url } from './variable.js';

const Schema = z.object({
  PORT: integer(0, 65_535).prefault('8080').describe('port of the chat'),
  NATS_URL: url('nats', 'tls').describe('NATS server, nats://host:4222'),
  DEMO: flag.prefault('false'),
  ORIGINS: list.prefault(''),
});

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('The configuration', () => {
  it('is typed, has its defaults, and cannot be changed', () => {
    const config = readConfig(Schema, {
      NATS_URL: 'nats://localhost:4222',
      ORIGINS: 'https://a.example, https://b.example',
    });
    expect(config).toEqual({
      PORT: 8080,
      NATS_URL: 'nats://localhost:4222',
      DEMO: false,
      ORIGINS: ['https://a.example', 'https://b.example'],
    });
    expect(() => Object.assign(config, { PORT: 1 })).toThrow(TypeError);
  });

  it('takes an empty variable for an absent one', () => {
    expect(readConfig(Schema, { NATS_URL: 'nats://a', PORT: '' }).PORT).toBe(8080);
    expect(problemsOf(() => readConfig(Schema, { NATS_URL: '' }))).toEqual([
      'NATS_URL: is required (NATS server, nats://host:4222)',
    ]);
  });

  it('tells every problem at once, each with the name of its variable and what it is for', () => {
    const problems = problemsOf(() => readConfig(Schema, { PORT: 'http', NATS_URL: 'http://a', DEMO: 'yes' }));
    expect(problems).toHaveLength(3);
    expect(problems[0]).toMatch(/^PORT: must be a whole number from 0 to 65535 \(port of the chat\)$/);
    expect(problems[1]).toMatch(/^NATS_URL: must be a URL beginning with nats:\/\/ or tls:\/\//);
    expect(problems[2]).toMatch(/^DEMO: /);
  });

  it.each(['-1', '65536', '8080.5', '0x50', '1e3', ' 80', '99999999999999999999'])('refuses the port %j', (port) => {
    expect(problemsOf(() => readConfig(Schema, { NATS_URL: 'nats://a', PORT: port }))).toHaveLength(1);
  });

  it('says nothing of what hangs on a value that is wrong itself', () => {
    const Periods = z
      .object({ LONG: integer(1, 100), SHORT: integer(1, 100).prefault('7') })
      .refine(({ LONG, SHORT }) => SHORT < LONG, { path: ['SHORT'], error: 'must be less than LONG' });
    expect(problemsOf(() => readConfig(Periods, { LONG: 'long' }))).toEqual([
      'LONG: must be a whole number from 1 to 100',
    ]);
    expect(problemsOf(() => readConfig(Periods, { LONG: '7', SHORT: '8' }))).toEqual(['SHORT: must be less than LONG']);
  });

  it('says what is wrong with a default beside what is given, not that it has to be given', () => {
    const Periods = z
      .object({ LONG: integer(1, 100), SHORT: integer(1, 100).prefault('7').describe('the short one') })
      .refine(({ LONG, SHORT }) => SHORT < LONG, { path: ['SHORT'], error: 'must be less than LONG' });
    expect(problemsOf(() => readConfig(Periods, { LONG: '5' }))).toEqual([
      'SHORT: must be less than LONG (the short one)',
    ]);
    expect(problemsOf(() => readConfig(Periods, {}))).toEqual(['LONG: is required']);
  });

  it('of several schemas is refused with the problems of all, each told once', () => {
    const Other = z.object({ PORT: Schema.shape.PORT, SECRET: z.string().min(16) });
    const env = { PORT: 'x', SECRET: 'short', NATS_URL: 'nats://a' };
    const problems = problemsOf(() =>
      readTogether(
        () => readConfig(Schema, env),
        () => readConfig(Other, env),
      ),
    );
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['PORT', 'SECRET']);
  });

  it('of several schemas is the result of each', () => {
    const [schema, other] = readTogether(
      () => readConfig(Schema, { NATS_URL: 'nats://a' }),
      () => 'other',
    );
    expect([schema.PORT, other]).toEqual([8080, 'other']);
  });

  it('refuses what has our prefix and is no variable of ours, and guesses what was meant', () => {
    const env = { NATS_URL: 'nats://a', PORT: '-1', FECHATTER_DATA_DRI: 'x', FECHATTER_COLOUR: 'red', OTHER_TOOL: '1' };
    expect(problemsOf(() => readConfig(Schema, env))).toEqual([
      expect.stringMatching(/^PORT: must be a whole number/),
      'FECHATTER_DATA_DRI: is no variable of Fechatter; is FECHATTER_DATA_DIR meant?',
      'FECHATTER_COLOUR: is no variable of Fechatter; remove it',
    ]);
  });

  it('lets an error of our own pass as it is', () => {
    const read = () => {
      throw new RangeError('a defect');
    };
    expect(() => readTogether(read)).toThrow(RangeError);
  });
});
