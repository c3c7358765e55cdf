import swc from '@swc/cli';
import { RestartedServer } from './restarted-server.mjs';

const sources = ['apps', 'libs', 'migrations'];
const notBuilt = ['**/*.spec.ts', '**/*.fixture.ts'];
/** An editor writes several files in a row; the last one counts. */
const settledMs = 100;

/** Builds every source that changes and starts the server again, until Ctrl-C. */
export async function watchAndServe() {
  const server = new RestartedServer('apps/cli/dev/server.mjs');
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, async () => {
      await server.stop();
      process.exit(0);
    });
  server.restart();
  let timer;
  await watch((file) => {
    console.error(`${file} has changed`);
    clearTimeout(timer);
    timer = setTimeout(() => server.restart(), settledMs);
  });
}

async function watch(onBuilt) {
  const cliOptions = {
    filenames: sources,
    outDir: 'dist',
    extensions: ['.ts'],
    ignore: notBuilt,
    only: [],
    watch: true,
    sync: true,
  };
  await swc.swcDir({
    cliOptions,
    swcOptions: {},
    callbacks: {
      // The first success is the build of everything, which has just been made.
      onSuccess: ({ filename }) => filename && onBuilt(filename),
      onFail: ({ reasons }) => {
        for (const [file, reason] of reasons)
          console.error(`\n${file} cannot be built:\n${reason.split('\n\nCaused by:')[0]}`);
      },
      onWatchReady: () => undefined,
    },
  });
}
