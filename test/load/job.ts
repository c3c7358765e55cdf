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
  /** Share of this target among all that the job has. Default 1. */
  readonly weight?: number;
}

export interface Load {
  readonly targets: readonly Target[];
  readonly connections: number;
  /** Before the measured time; what starts in it does not count. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Every connection sends its next request when it has the answer to the last. */
export interface ClosedLoop extends Load {
  readonly kind: 'closed';
}

/** Requests start at their intended times whether or not earlier ones were answered; latency counts from these times. */
export interface OpenLoop extends Load {
  readonly kind: 'open';
  readonly perSecond: number;
}

export type Job = ClosedLoop | OpenLoop;

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
  /** Some of the bodies that came, from the beginning to the end of the measured time. */
  readonly samples: readonly string[];
}

export interface JobResult {
  readonly seconds: number;
  readonly targets: readonly TargetResult[];
  /** Processor time of the generator, as a share of one core. */
  readonly generatorCpu: number;
}
