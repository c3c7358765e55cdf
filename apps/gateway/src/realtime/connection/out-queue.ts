import { EntryFrame, type Frame } from './frame.js';

/** What waits for a client at most. */
export const outLimit = { bytes: 1024 * 1024, frames: 1_000 } as const;

/** What became of a frame; `full` changes nothing: the client is too slow. */
export type Outcome = 'queued' | 'merged' | 'dropped' | 'full';

/**
 * Frames that a client has not taken yet, bounded in number and bytes. Beyond a quarter of the bound nothing ephemeral is
 * taken. Beyond half of it the entries of a chat become one `head`, so that no more waits than the client has chats.
 */
export class OutQueue {
  private frames: Frame[] = [];
  private taken = 0;
  private bytes = 0;
  /** How many of the frames are whole entries. */
  private entries = 0;
  /** Where in `frames` the newest word on a topic is. */
  private readonly places = new Map<string, number>();

  /** Part of the bound that is used, from 0 to 1. */
  get fill(): number {
    return Math.max(this.bytes / outLimit.bytes, this.length / outLimit.frames);
  }

  get length(): number {
    return this.frames.length - this.taken;
  }

  push(frame: Frame): Outcome {
    const { fill } = this;
    if (fill > 1 / 4 && frame.isEphemeral) return 'dropped';
    if (fill <= 1 / 2) return this.put(frame);
    if (this.entries > 0) this.shorten();
    return this.put(frame.short);
  }

  shift(): Frame | undefined {
    const frame = this.frames[this.taken];
    if (frame === undefined) return undefined;
    this.bytes -= frame.size;
    if (frame instanceof EntryFrame) this.entries -= 1;
    if (frame.topic !== undefined) this.places.delete(frame.topic);
    this.taken += 1;
    if (this.taken === this.frames.length) this.clear();
    else if (this.taken >= outLimit.frames) this.compact();
    return frame;
  }

  clear(): void {
    this.frames = [];
    this.taken = 0;
    this.bytes = 0;
    this.entries = 0;
    this.places.clear();
  }

  /** A newer word on a topic takes the place of the older one. */
  private put(frame: Frame): Outcome {
    const place = frame.topic === undefined ? undefined : this.places.get(frame.topic);
    const older = place === undefined ? undefined : this.frames[place];
    if (place !== undefined && older !== undefined) {
      this.frames[place] = frame;
      this.bytes += frame.size - older.size;
      return 'merged';
    }
    // One frame alone is always taken, so that none is too long to be sent.
    if (this.length > 0 && (this.bytes + frame.size > outLimit.bytes || this.length >= outLimit.frames)) return 'full';
    if (frame.topic !== undefined) this.places.set(frame.topic, this.frames.length);
    if (frame instanceof EntryFrame) this.entries += 1;
    this.frames.push(frame);
    this.bytes += frame.size;
    return 'queued';
  }

  private shorten(): void {
    const waiting = this.frames.slice(this.taken);
    this.clear();
    for (const frame of waiting) this.put(frame.short);
  }

  private compact(): void {
    for (const [topic, place] of this.places) this.places.set(topic, place - this.taken);
    this.frames = this.frames.slice(this.taken);
    this.taken = 0;
  }
}
