export default async function tearDown() {
  await globalThis.fechatterSystem?.stop();
}
