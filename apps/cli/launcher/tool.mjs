import { spawn, spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { withProgress } from './progress.mjs';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const linesShown = 15;

/**
 * Runs npm to its end and shows its output only when it fails, by throwing what npm said. A signal to this process ends npm
 * and what it started first.
 */
export async function npm(title, args) {
  await withProgress(title, async () => {
    const { code, output } = await run([...npmCommand(), ...args]);
    if (code === 0) return;
    throw new Error(
      `${ends(output)}\n\nnpm ${args.filter((arg) => !arg.startsWith('-')).join(' ')} failed. When the cause is removed, run the same command again: it begins anew.`,
    );
  });
}

/** npm names the cause first and the place of its log last; between the two it may explain itself at length. */
function ends(output) {
  const lines = output.trimEnd().split('\n');
  if (lines.length <= 2 * linesShown) return lines.join('\n');
  return [...lines.slice(0, linesShown), '…', ...lines.slice(-linesShown)].join('\n');
}

/** The npm that runs us, else the one on the PATH. */
function npmCommand() {
  const path = process.env.npm_execpath;
  return path && basename(path).startsWith('npm') ? [process.execPath, path] : ['npm'];
}

async function run(command) {
  const [program, ...args] = [...deathSignal(), ...command];
  // A group of its own, so that a signal reaches npm's children as well.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-64 * 1024)));
  const forward = (signal) => {
    process.stderr.write('\n');
    endGroup(child.pid, 'SIGTERM');
    for (const name of signals) process.removeListener(name, forward);
    process.kill(process.pid, signal);
  };
  for (const name of signals) process.on(name, forward);
  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    return { code, output };
  } catch (error) {
    throw error.code === 'ENOENT'
      ? new Error(`${program} is not on the PATH. It comes with Node: https://nodejs.org`, { cause: error })
      : error;
  } finally {
    for (const name of signals) process.removeListener(name, forward);
  }
}

/** On Linux npm does not outlive a `kill -9` of this process either, and cannot meet the install of the next start. */
function deathSignal() {
  const works =
    process.platform === 'linux' && spawnSync('setpriv', ['--pdeathsig', 'KILL', '--', 'true']).status === 0;
  return works ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];
}

function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
