const pausesMs = [0, 500, 1_000, 2_000, 4_000];
const withinMs = 60_000;

/** Says when something that died by itself is started again: later each time, and not a sixth time within a minute. */
export class RestartLimit {
  private readonly times: number[] = [];

  /** Milliseconds to wait before the restart; undefined when it is time to give up. */
  next(now = Date.now()): number | undefined {
    while (this.times[0] !== undefined && this.times[0] <= now - withinMs) this.times.shift();
    const pause = pausesMs[this.times.length];
    this.times.push(now);
    return pause;
  }
}
