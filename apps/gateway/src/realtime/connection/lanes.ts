/** Work in several lanes: one after the other within a lane, lanes beside each other. */
export class Lanes {
  private readonly ends = new Map<string, Promise<void>>();

  /** The work must not reject. */
  async run(lane: string, work: () => Promise<void>): Promise<void> {
    const end = (this.ends.get(lane) ?? Promise.resolve()).then(work);
    this.ends.set(lane, end);
    await end;
    if (this.ends.get(lane) === end) this.ends.delete(lane);
  }
}
