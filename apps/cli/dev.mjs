// `npm run dev`: the standalone server, built and started again whenever a source changes.
import { parseArgs } from 'node:util';
import { stopWithNpm } from './launcher/parent.mjs';
import { prepare } from './prepare.mjs';

const help = `npm run dev [-- --help]

Starts what npm start starts, and again after every change of a source. Types are not checked: npm run check:types.
The variables are those of npm start. Stop with Ctrl-C.`;

try {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
} catch (error) {
  console.error(`${error.message}\n\n${help}`);
  process.exit(2);
}

stopWithNpm();
await prepare();
// It needs the packages that have just been installed.
const { watchAndServe } = await import('./dev/watch.mjs');
await watchAndServe();
