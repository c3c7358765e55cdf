import { describe, expect, it } from '@jest/globals';
import { isCommonPassword } from './common-passwords.js';

describe('isCommonPassword', () => {
  it.each(['password', 'Password1', 'QWERTYUIOP', '123456789', 'trustno1', 'iloveyou'])('knows %s', (password) => {
    expect(isCommonPassword(password)).toBe(true);
  });

  it.each(['correct horse battery staple', 'password ', ' password', '', 'Tr0ub4dor&3'])(
    'lets %p pass: only the whole password counts',
    (password) => {
      expect(isCommonPassword(password)).toBe(false);
    },
  );
});
