// The server of `npm run dev`, started again and again by it.
const { main } = await import('../../../dist/apps/standalone/src/main.js');
await main();
