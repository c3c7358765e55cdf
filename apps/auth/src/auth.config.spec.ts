import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig } from '#config/config.js';
import { AuthConfig } from './auth.config.js';

const given = { DATABASE_URL: 'postgres://localhost/fechatter', FECHATTER_SECRET: 'sixteen letters!' };

function problems(env: Record<string, string>): readonly string[] {
  try {
    readConfig(AuthConfig, env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('AuthConfig', () => {
  it('needs a database and a secret', () => {
    expect(problems(given)).toEqual([]);
    expect(problems({}).map((problem) => problem.split(':')[0])).toEqual(['DATABASE_URL', 'FECHATTER_SECRET']);
    expect(problems({ ...given, FECHATTER_SECRET: 'fifteen letters' })).toHaveLength(1);
  });

  it('allows no access token of more than ten minutes and no grace of more than ten seconds', () => {
    expect(problems({ ...given, ACCESS_TOKEN_SECONDS: '601', REFRESH_GRACE_SECONDS: '11' })).toHaveLength(2);
  });

  it('announces a key before it signs', () => {
    expect(problems({ ...given, SIGNING_KEY_SECONDS: '60', SIGNING_KEY_NOTICE_SECONDS: '60' })).toHaveLength(1);
    expect(problems({ ...given, SIGNING_KEY_SECONDS: '3600' })).toEqual([
      'SIGNING_KEY_NOTICE_SECONDS: must be less than SIGNING_KEY_SECONDS (time that a signing key is published before it signs)',
    ]);
  });

  it('has no demo in production', () => {
    expect(problems({ ...given, FECHATTER_DEMO: 'true' })).toEqual([]);
    expect(problems({ ...given, FECHATTER_DEMO: 'true', NODE_ENV: 'production' })).toHaveLength(1);
  });
});
