const barWidth = 24;
const plainEveryMs = 10_000;

/** Shows how far long work is: a moving bar with rate and time left on a terminal, a plain line now and then in a log. */
export class Progress {
  private readonly started = performance.now();
  private lastShown = -Infinity;

  constructor(
    private readonly noun: string,
    private readonly out: NodeJS.WriteStream = process.stderr,
  ) {}

  /** `fraction` from 0 to 1 of the whole; `count` things are done. */
  show(fraction: number, count: number, final = false): void {
    const now = performance.now();
    const every = this.out.isTTY ? 100 : plainEveryMs;
    if (!final && now - this.lastShown < every) return;
    this.lastShown = now;
    const seconds = (now - this.started) / 1000;
    const rate = seconds > 0 ? count / seconds : 0;
    const left = fraction > 0 ? (seconds / fraction) * (1 - fraction) : 0;
    const facts =
      `${String(Math.floor(fraction * 100)).padStart(3)} %  ${count.toLocaleString('en')} ${this.noun}  ` +
      `${Math.round(rate * 60).toLocaleString('en')} a minute  ${final ? `in ${clock(seconds)}` : `${clock(left)} left`}`;
    if (!this.out.isTTY) {
      this.out.write(`${facts}\n`);
      return;
    }
    const full = Math.round(fraction * barWidth);
    this.out.write(`\r\x1b[2K[${'#'.repeat(full)}${'.'.repeat(barWidth - full)}] ${facts}${final ? '\n' : ''}`);
  }
}

function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
