import { it } from '@jest/globals';

/** Whether there is time for every case (`npm run test:nightly`); a commit runs one of each kind. */
export const isNightly = process.env.NIGHTLY === 'true';

/** A test that a commit does not wait for. */
export const atNight = isNightly ? it : it.skip;
