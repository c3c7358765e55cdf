// `npm run start:distributed`: installs and builds what is missing, then hands over to the built launcher.
import { prepare } from './prepare.mjs';

await prepare();
const { main } = await import('../../dist/apps/cli/distributed/main.js');
await main(process.argv.slice(2));
