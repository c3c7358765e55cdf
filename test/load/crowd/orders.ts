/** Sockets to one server, held open by one process. With tokens each is somebody's; without, the server is a bare one. */
export interface Opening {
  readonly kind: 'open';
  readonly port: number;
  readonly path: string;
  /** How many, when there are no tokens. */
  readonly count?: number;
  readonly tokens?: readonly string[];
  /** The chat whose log everybody follows. */
  readonly chatId: number;
}

/** One message after the other: the next is sent when the last one has reached all. */
export interface FanOut {
  readonly kind: 'fan-out';
  /** What the first socket sends, in turn. */
  readonly texts: readonly string[];
  readonly warmUp: number;
  readonly messages: number;
}

/** The first socket sends at even intervals, all others hear. */
export interface Steady {
  readonly kind: 'steady';
  readonly texts: readonly string[];
  readonly perSecond: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** Everybody loses the connection at once, and comes back within `spreadMs` to where they were. */
export interface Reconnection {
  readonly kind: 'reconnect';
  readonly spreadMs: number;
  /** For so long all together try. */
  readonly limitMs: number;
}

/** Nobody reads any more, or everybody does again until the server has closed all connections. */
export interface Reading {
  readonly kind: 'pause' | 'drain';
}

/** How far the others are. */
export interface Look {
  readonly kind: 'look';
}

export type Order = Opening | FanOut | Steady | Reconnection | Reading | Look;

/** Processor time of the process while it worked, as a share of one core. */
interface Worked {
  readonly cpu: number;
}

export interface FanOutResult extends Worked {
  /** From the send to the last socket, in ms, for each message. */
  readonly reachedMs: readonly number[];
  /** From the send to each socket; an encoded LatencyHistogram. */
  readonly latencies: string;
}

export interface SteadyResult extends Worked {
  readonly sent: number;
  /** From the send to each of the others; an encoded LatencyHistogram. */
  readonly latencies: string;
}

export interface ReconnectionResult extends Worked {
  /** From the cut to the answer to `resume`, in ms, for each socket that has got it. */
  readonly resumedMs: readonly number[];
  /** Connections that were tried; more than sockets when some were refused. */
  readonly attempts: number;
  readonly firstFailures: readonly string[];
}

/** A socket's way through the log. */
export interface Place {
  /** The last entry that it has. */
  readonly position: number;
  /** Entries that came twice or left others out. */
  readonly wrong: number;
  /** What it was told to page over HTTP. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
  /** How the connection has ended. */
  readonly closeCode?: number;
}

/** What each order is answered with. */
export interface Results {
  open: Worked;
  'fan-out': FanOutResult;
  steady: SteadyResult;
  reconnect: ReconnectionResult;
  pause: Worked;
  drain: Worked;
  look: Worked & { readonly places: readonly Place[] };
}

export type Answer = { readonly result: Results[keyof Results] } | { readonly error: string };
