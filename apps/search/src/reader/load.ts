import { cpus } from 'node:os';

/** Shares of its time from which on this process, or the whole machine, is busy. */
const busyProcess = 0.5;
const busyMachine = 0.8;
/** Less says nothing: the machine counts its time in hundredths of a second. */
const shortestMs = 100;

/** Whether the process or the machine was busy during the times that were watched last. */
export class Load {
  isHigh = false;
  private watchedMs = 0;
  private readonly seen = { active: 0, idle: 0, machine: 0 };

  /** Watches until the function that it answers is called. */
  watch(): () => void {
    const [since, loop, machine] = [performance.now(), performance.eventLoopUtilization(), machineTime()];
    return () => {
      const { active } = performance.eventLoopUtilization(loop);
      const now = machineTime();
      this.watchedMs += performance.now() - since;
      this.seen.active += active;
      this.seen.idle += now.idle - machine.idle;
      this.seen.machine += now.all - machine.all;
      if (this.watchedMs >= shortestMs) this.judge();
    };
  }

  private judge(): void {
    const { active, idle, machine } = this.seen;
    this.isHigh = active >= busyProcess * this.watchedMs || machine - idle >= busyMachine * machine;
    this.watchedMs = 0;
    Object.assign(this.seen, { active: 0, idle: 0, machine: 0 });
  }
}

/** Milliseconds of all processors since the machine has started. */
function machineTime(): { idle: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  return { idle, all: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) };
}
