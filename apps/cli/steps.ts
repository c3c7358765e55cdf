/** Says what long work is doing: a line that changes on a terminal, with the time it has taken, a line each in a log. */
export class Steps {
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout | undefined;
  private what = '';

  constructor(
    private readonly title: string,
    private readonly out: NodeJS.WriteStream = process.stderr,
  ) {
    if (out.isTTY) this.timer = setInterval(() => this.draw(), 1_000).unref();
  }

  show(what: string): void {
    this.what = what;
    if (this.out.isTTY) this.draw();
    else this.out.write(`${this.title}: ${what}\n`);
  }

  end(): void {
    clearInterval(this.timer);
    if (this.out.isTTY) this.out.write('\r\x1b[2K');
  }

  private draw(): void {
    const seconds = Math.floor((performance.now() - this.started) / 1000);
    const line = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}  ${this.title}: ${this.what}`;
    this.out.write(`\r\x1b[2K${line.slice(0, this.out.columns - 1)}`);
  }
}
