// `npm run dev`: the standalone server, built and started again whenever a source changes.
import { readArguments } from './launcher/arguments.mjs';
import { stopWithNpm } from './launcher/parent.mjs';
import { prepare } from './prepare.mjs';

const help = `npm run dev [-- --help]

Starts what npm start starts, and again after every change of a source. Types are not checked: npm run check:types.
The variables are those of npm start. Stop with Ctrl-C.`;

readArguments(help);
stopWithNpm();
await prepare();
// It needs the packages that have just been installed.
const { watchAndServe } = await import('./dev/watch.mjs');
await watchAndServe();
