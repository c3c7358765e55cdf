import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findRunningPostgres } from '#servers/running-postgres.js';
import { freePort, startSystem, type System } from '../e2e/system.js';
import type { Topology } from './bench.js';
import { collectedMemory, type CollectedMemory } from './collected-memory.js';
import { Person } from './person.js';

/** Where reports go, and the data of running benches: on the disk that holds the repository, whatever /tmp is. */
export const resultsFolder = 'test/bench/results';

/** How the server under load is set up: as by a user, but for the limits that would refuse the load. */
const environment = {
  NODE_ENV: undefined,
  LOG_LEVEL: 'warn',
  RATE_LIMITS: 'off',
  FECHATTER_VALIDATE_REPLIES: undefined,
};

/** The Fechatter that is measured: started as a user would, with data of its own, gone afterwards. */
export class Subject {
  private constructor(
    readonly topology: Topology,
    private readonly system: System,
    /** The superuser, in Fechatter's database. */
    readonly admin: pg.Client,
    private readonly dataDir: string,
    private readonly healthPort: number,
  ) {}

  static async start(topology: Topology, env: Record<string, string> = {}): Promise<Subject> {
    const dataDir = dataFolder(topology);
    mkdirSync(dataDir, { recursive: true });
    const healthPort = await freePort();
    const variables = { ...environment, HEALTH_PORT: String(healthPort), ...env };
    const system = await startSystem({ topology, dataDir, env: variables });
    const admin = new pg.Client({ connectionString: databaseUrl(dataDir) });
    // A database that ends under the load is told by the load.
    admin.on('error', () => undefined);
    await admin.connect();
    return new Subject(topology, system, admin, dataDir, healthPort);
  }

  get port(): number {
    return this.system.port;
  }

  /** The process that a user starts; the others are its children. */
  get pid(): number {
    return this.system.child.pid!;
  }

  get postgresUrl(): string {
    return databaseUrl(this.dataDir);
  }

  /** Where each process of ours shows its metrics. */
  get metricsPorts(): Readonly<Record<string, number>> {
    if (this.topology === 'standalone') return { standalone: this.healthPort };
    const offsets = { auth: 1, chat: 2, message: 3, search: 4, gateway: 10 };
    return Object.fromEntries(Object.entries(offsets).map(([app, offset]) => [app, this.healthPort + offset]));
  }

  log(): string {
    return this.system.log();
  }

  /** Of the process that holds the connections; it must have been started as `inspected`. */
  gatewayMemory(): Promise<CollectedMemory> {
    const script = this.topology === 'standalone' ? '/apps/cli/start.mjs' : '/apps/gateway/src/main.js';
    return collectedMemory(this.log(), script);
  }

  /** A person with a workspace and its channel `general`. */
  register(name: string): Promise<Person> {
    return Person.register(this.system.url, name);
  }

  /** The channel of a new workspace with so many members, of whom all are answered. */
  async channel(members: number): Promise<{ chatId: number; people: Person[] }> {
    const owner = await this.register('owner');
    const people = [owner];
    for (let number = 1; number < members; number++) {
      const member = await this.register(`member${number}`);
      await owner.admit(member);
      people.push(member);
    }
    return { chatId: owner.generalId, people };
  }

  async stop(): Promise<void> {
    await this.admin.end();
    await this.system.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

let folders = 0;

/** A folder for the data of one server. Those of runs that were killed are removed. */
export function dataFolder(name: string): string {
  const results = join(process.cwd(), resultsFolder);
  mkdirSync(results, { recursive: true });
  for (const entry of readdirSync(results)) {
    const pid = /^data-(\d+)-/.exec(entry)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(results, entry), { recursive: true, force: true });
  }
  return join(results, `data-${process.pid}-${name}-${folders++}`);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Starts a Fechatter, does the work with it, and ends it whatever happens. */
export async function withSubject<Result>(
  topology: Topology,
  work: (subject: Subject) => Promise<Result>,
  env: Record<string, string> = {},
): Promise<Result> {
  const subject = await Subject.start(topology, env);
  try {
    return await work(subject);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${reason}\n\nThe server said at last:\n${subject.log().trimEnd().slice(-2_000)}`, { cause });
  } finally {
    await subject.stop();
  }
}

/** The superuser's URL of Fechatter's database in this data folder. */
function databaseUrl(dataDir: string): string {
  const url = findRunningPostgres(join(dataDir, 'postgres'));
  if (url === undefined) throw new Error(`No PostgreSQL runs in ${dataDir}`);
  return new URL('/fechatter', url).href;
}

/** How many messages all chats together have. */
export async function storedMessages({ admin }: Subject): Promise<number> {
  const { rows } = await admin.query<{ count: string }>('SELECT sum(message_count) AS count FROM message.chat_heads');
  return Number(rows[0]?.count);
}
