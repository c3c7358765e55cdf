import type { Subject } from './subject.js';

interface Health {
  readonly dependencies: readonly {
    readonly details?: { readonly pools?: Readonly<Record<string, { readonly max: number }>> };
  }[];
}

const timeoutMs = 5_000;

/** What a process of the server says of itself on its health port. */
async function healthOf(port: number): Promise<Health> {
  return (await ask(port, '/admin/production/health')).json() as Promise<Health>;
}

/** How many connections to PostgreSQL all processes together may have. */
export async function connectionCap({ metricsPorts }: Subject): Promise<number> {
  const processes = await Promise.all(Object.values(metricsPorts).map(healthOf));
  const pools = processes.flatMap(({ dependencies }) =>
    dependencies.flatMap(({ details }) => Object.values(details?.pools ?? {})),
  );
  return pools.reduce((sum, { max }) => sum + max, 0);
}

/** Sockets that the gateway has closed with this code. */
export async function closedWith(subject: Subject, code: number): Promise<number> {
  const text = await (await ask(gatewayPort(subject), '/metrics')).text();
  const line = new RegExp(`^fechatter_realtime_closed_total\\{code="${code}"\\} (\\d+)$`, 'm');
  return Number(line.exec(text)?.[1] ?? 0);
}

/** Where the process that holds the sockets says how it is. */
function gatewayPort({ metricsPorts }: Subject): number {
  return metricsPorts.gateway ?? metricsPorts.standalone!;
}

function ask(port: number, path: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(timeoutMs) });
}
