/** Whether there is time for every case (`npm run test:nightly`); a commit runs one of each kind. */
export const isNightly = process.env.NIGHTLY === 'true';
