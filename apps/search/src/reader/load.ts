import { cpus } from 'node:os';

/** Shares of its time from which on this process, or the whole machine, is busy with people. */
const busyProcess = 0.5;
const busyMachine = 0.8;
const windowMs = 250;

/** Whether the process or the machine was busy in the last quarter of a second. */
export class Load {
  private since = -Infinity;
  private loop = performance.eventLoopUtilization();
  private machine = machineTime();
  private high = false;

  isHigh(): boolean {
    const now = performance.now();
    if (now - this.since < windowMs) return this.high;
    this.since = now;
    const loop = performance.eventLoopUtilization();
    const machine = machineTime();
    const { utilization } = performance.eventLoopUtilization(loop, this.loop);
    const share = 1 - (machine.idle - this.machine.idle) / Math.max(1, machine.all - this.machine.all);
    this.high = utilization >= busyProcess || share >= busyMachine;
    this.loop = loop;
    this.machine = machine;
    return this.high;
  }
}

/** Milliseconds of all processors since the machine has started. */
function machineTime(): { idle: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  return { idle, all: times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, idle) };
}
