/** One process to start: which app, which of its replicas, on which ports. A port of 0 is a free one. */
export interface PlannedProcess {
  readonly app: string;
  readonly replica: number;
  /** Of gateways only. */
  readonly port?: number;
  readonly healthPort: number;
}

const services = ['auth', 'chat', 'message', 'search'];

/** The processes of an installation on one machine, gateways last. `counts` has `gateways` and each service. */
export function plan(counts: Readonly<Record<string, number>>, port: number, healthPort: number): PlannedProcess[] {
  const replicas = (name: string) => Array.from({ length: counts[name] ?? 1 }, (_, replica) => replica);
  const health = (offset: number) => (healthPort === 0 ? 0 : healthPort + offset);
  return [
    ...services.flatMap((app, index) =>
      replicas(app).map((replica) => ({ app, replica, healthPort: replica === 0 ? health(index + 1) : 0 })),
    ),
    ...replicas('gateways').map((replica) => ({
      app: 'gateway',
      replica,
      port: port === 0 ? 0 : port + replica,
      healthPort: health(10 + replica),
    })),
  ];
}
