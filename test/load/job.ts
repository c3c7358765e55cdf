/** Requests of one kind, which are counted together. */
export interface Target {
  readonly name: string;
  readonly port: number;
  /** Sent in turn, over and over. */
  readonly requests: readonly Buffer[];
  /** The status of success; any other answer is a failure. */
  readonly status: number;
  /** A text in every request in place of which each time another of the same length is sent. */
  readonly unique?: string;
  /** Share of this target among all that the job sends to the same port. Default 1. */
  readonly weight?: number;
}

export interface Span {
  /** Before the measured time; what starts in it does not count. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Every connection sends its next request when it has the answer to the last. */
export interface ClosedLoop extends Span {
  readonly kind: 'closed';
  readonly targets: readonly Target[];
  /** To each port that the targets name. */
  readonly connections: number;
}

/** Requests start at their intended times whether or not earlier ones were answered; latency counts from these times. */
export interface OpenLoop extends Span {
  readonly kind: 'open';
  readonly targets: readonly Target[];
  readonly connections: number;
  readonly perSecond: number;
}

/** One person sends at even intervals, another one listens on a WebSocket (delivery.ts). */
export interface DeliveryJob extends Span {
  readonly kind: 'delivery';
  readonly port: number;
  readonly perSecond: number;
  /** Sends, and a read that goes the same way. */
  readonly sends: readonly Buffer[];
  readonly read: Buffer;
  readonly listenerToken: string;
}

/** Messages to a WebSocket server that sends them back. */
export interface EchoJob extends Span {
  readonly kind: 'echo';
  readonly port: number;
  readonly perSecond: number;
  readonly texts: readonly string[];
}

export type Job = ClosedLoop | OpenLoop | DeliveryJob | EchoJob;

/** What became of a target's requests in the measured time. */
export interface TargetResult {
  readonly name: string;
  readonly answered: number;
  /** How many went wrong, and what the first of them said. */
  readonly failed: number;
  readonly firstFailures: readonly string[];
  /** An encoded LatencyHistogram. */
  readonly latencies: string;
  /** Answers in each whole second. */
  readonly perSecond: readonly number[];
  /** Some of the bodies that came. */
  readonly samples: readonly string[];
}

export interface JobResult {
  readonly seconds: number;
  readonly targets: readonly TargetResult[];
  /** Processor time of the generator, as a share of one core. */
  readonly generatorCpu: number;
}
