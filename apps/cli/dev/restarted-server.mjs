import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A script that is started again on demand: one at a time, each ended in order before the next begins. */
export class RestartedServer {
  #script;
  #child;
  #isStopping = false;
  #isRestarting = false;
  #again = false;

  constructor(script) {
    this.#script = script;
  }

  async restart() {
    this.#again = this.#isRestarting;
    if (this.#isRestarting) return;
    this.#isRestarting = true;
    await this.#end();
    this.#isRestarting = false;
    if (this.#isStopping) return;
    this.#start();
    if (this.#again) await this.restart();
  }

  async stop() {
    this.#isStopping = true;
    await this.#end();
  }

  #start() {
    // A session of its own: Ctrl-C reaches this process alone, which ends the server. The channel tells it of our death.
    const child = spawn(process.execPath, ['--enable-source-maps', this.#script], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    child.on('exit', (code, signal) => {
      if (this.#isStopping || this.#isRestarting) return;
      console.error(`The server ended (${signal ?? `exit code ${code}`}). It is started again after the next change.`);
    });
    this.#child = child;
  }

  async #end() {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}
