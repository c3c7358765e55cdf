import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installationSecret } from './installation-secret.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fechatter-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('The secret of an installation', () => {
  it('is made at the first start, long, and readable by its owner only', () => {
    const secret = installationSecret(folder, 'secret');
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    expect(statSync(join(folder, 'secret')).mode & 0o777).toBe(0o600);
  });

  it('stays the same at every later start', () => {
    expect(installationSecret(folder, 'secret')).toBe(installationSecret(folder, 'secret'));
  });

  it('is another one for another purpose and another installation', () => {
    const other = mkdtempSync(join(tmpdir(), 'fechatter-secret-'));
    const secrets = [
      installationSecret(folder, 'secret'),
      installationSecret(folder, 'bus-secret'),
      installationSecret(other, 'secret'),
    ];
    rmSync(other, { recursive: true });
    expect(new Set(secrets).size).toBe(3);
  });

  it('is the one that somebody put there', () => {
    writeFileSync(join(folder, 'secret'), 'brought from the old machine\n');
    expect(installationSecret(folder, 'secret')).toBe('brought from the old machine');
  });

  it('is refused when its file is empty', () => {
    writeFileSync(join(folder, 'secret'), '');
    expect(() => installationSecret(folder, 'secret')).toThrow(/is empty/);
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('');
  });
});
