import type { Frame } from './frame.js';

/** What waits for a client at most. */
export const outLimit = { bytes: 1024 * 1024, frames: 1_000 } as const;

/** Frames that a client has not taken yet, bounded in number and bytes. */
export class OutQueue {
  private frames: Frame[] = [];
  private taken = 0;
  private bytes = 0;

  /** Part of the bound that is used, from 0 to 1. */
  get fill(): number {
    return Math.max(this.bytes / outLimit.bytes, this.length / outLimit.frames);
  }

  get length(): number {
    return this.frames.length - this.taken;
  }

  /** From a quarter on only what is durable is kept; `full` changes nothing: the client is too slow. */
  push(frame: Frame): 'queued' | 'dropped' | 'full' {
    if (frame.isEphemeral && this.fill > 1 / 4) return 'dropped';
    // One frame alone is always taken, so that none is too long to be sent.
    if (this.length > 0 && (this.bytes + frame.size > outLimit.bytes || this.length >= outLimit.frames)) return 'full';
    this.frames.push(frame);
    this.bytes += frame.size;
    return 'queued';
  }

  shift(): Frame | undefined {
    const frame = this.frames[this.taken];
    if (frame === undefined) return undefined;
    this.bytes -= frame.size;
    this.taken += 1;
    if (this.taken === this.frames.length) this.clear();
    else if (this.taken >= outLimit.frames) this.compact();
    return frame;
  }

  clear(): void {
    this.frames = [];
    this.taken = 0;
    this.bytes = 0;
  }

  private compact(): void {
    this.frames = this.frames.slice(this.taken);
    this.taken = 0;
  }
}
