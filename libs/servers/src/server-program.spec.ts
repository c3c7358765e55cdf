import { expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findServerProgram } from './server-program.js';

const nobodys = {
  name: 'fechatter-nobody-has-this',
  path: 'usr/bin/nobody',
  packages: ['nobody'],
  apt: 'nobody-apt',
  brew: 'nobody-brew',
};

it('says of a program that can neither be found nor fetched how to install it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'servers-'));
  try {
    // Nothing can be fetched into a folder that is a file.
    const cacheDir = join(dir, 'file');
    writeFileSync(cacheDir, '');
    await expect(findServerProgram(nobodys, { cacheDir })).rejects.toMatchObject({
      code: 'missing',
      message: expect.stringMatching(
        /^fechatter-nobody-has-this is not on this machine and could not be fetched\. Install it by: (sudo apt-get|brew) install nobody-(apt|brew)$/,
      ),
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
});
