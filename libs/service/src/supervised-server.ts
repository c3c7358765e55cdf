import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '#telemetry/logger.js';
import { RestartLimit } from './restart-limit.js';

/** A server of libs/servers. */
export interface RunningServer {
  readonly port: number;
  /** Resolves when it has ended, by whatever cause, with a few words on how. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

const logger = new Logger('servers');

/** A server that is started again on its port when it dies by itself. */
export class SupervisedServer<Server extends RunningServer> {
  private readonly limit = new RestartLimit();
  private stopping = false;

  private constructor(
    private readonly title: string,
    private server: Server,
    private readonly launch: (port: number) => Promise<Server>,
    private readonly onGone: (reason: string) => void,
  ) {}

  /** `launch` gets no port the first time. `onGone` is called when the server keeps dying: no restart follows. */
  static async start<Server extends RunningServer>(
    title: string,
    launch: (port?: number) => Promise<Server>,
    onGone: (reason: string) => void,
  ): Promise<SupervisedServer<Server>> {
    const supervised = new SupervisedServer(title, await launch(), launch, onGone);
    supervised.watch();
    return supervised;
  }

  /** The server as it runs now; its URL stays the same. */
  get current(): Server {
    return this.server;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.server.stop();
  }

  private watch(): void {
    void this.server.exited.then(async (how) => {
      if (this.stopping) return;
      logger.warn(`${this.title} ended by itself and is started again`, { how });
      await this.restart();
    });
  }

  private async restart(): Promise<void> {
    for (let wait = this.limit.next(); wait !== undefined; wait = this.limit.next()) {
      await pause(wait);
      if (this.stopping) return;
      try {
        this.server = await this.launch(this.server.port);
        // The stop met the dead one.
        if (this.stopping) return await this.server.stop();
        return this.watch();
      } catch (error) {
        logger.error(`${this.title} could not be started again`, error);
      }
    }
    this.onGone(`${this.title} keeps dying: it was started again five times within a minute.`);
  }
}
