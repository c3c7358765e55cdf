const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
const lineMs = 15_000;

/** Tells on standard error what goes on and for how long: one moving line on a terminal, plain lines elsewhere. */
export async function withProgress(title, work) {
  const out = process.stderr;
  const began = performance.now();
  const seconds = () => `${Math.round((performance.now() - began) / 1000)} s`;
  let frame = 0;
  const draw = () => out.write(`\r${frames[frame++ % frames.length]} ${title} … ${seconds()}`);
  const report = () => out.write(`${title} … ${seconds()}\n`);
  if (out.isTTY) draw();
  else out.write(`${title} …\n`);
  const timer = out.isTTY ? setInterval(draw, frameMs) : setInterval(report, lineMs);
  const end = (mark, words) => {
    clearInterval(timer);
    out.write(`${out.isTTY ? '\r\x1b[2K' : ''}${mark} ${title}: ${words} ${seconds()}\n`);
  };
  try {
    const result = await work();
    end('✓', 'done in');
    return result;
  } catch (error) {
    end('✗', 'failed after');
    throw error;
  }
}
