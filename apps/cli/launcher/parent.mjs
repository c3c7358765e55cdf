const pollMs = 500;

/**
 * Started by npm, this process ends when npm does: somebody who kills npm means the server, and without its parent
 * nobody would be left to stop it.
 */
export function stopWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, pollMs);
  timer.unref();
}
