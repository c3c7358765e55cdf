import { describe, expect, it, jest } from '@jest/globals';
import { GateMemory } from './gate.memory.js';

describe('GateMemory', () => {
  it('knows who was seen present and where the log ends', () => {
    const memory = new GateMemory(true);
    memory.remember(memory.now, 1, 5, 10);
    expect(memory.recall(1, 5)).toBe(10);
    expect(memory.recall(2, 5)).toBeUndefined();
    memory.advance(5, 12);
    memory.advance(5, 11);
    expect(memory.recall(1, 5)).toBe(12);
  });

  it('does not take an older answer over a write that was committed meanwhile', () => {
    const memory = new GateMemory(true);
    const since = memory.now;
    memory.advance(5, 12);
    memory.remember(since, 1, 5, 11);
    expect(memory.recall(1, 5)).toBe(12);
  });

  it('does not take an answer that is older than a change of who is present', () => {
    const memory = new GateMemory(true);
    const since = memory.now;
    memory.forget(5);
    memory.remember(since, 1, 5, 11);
    expect(memory.recall(1, 5)).toBeUndefined();
  });

  it('forgets all when anything may have changed', () => {
    const memory = new GateMemory(true);
    memory.remember(memory.now, 1, 5, 10);
    memory.forgetAll();
    expect(memory.recall(1, 5)).toBeUndefined();
  });

  it('believes a chat for ten seconds without looking, and no longer', () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
    const memory = new GateMemory(true);
    memory.remember(memory.now, 1, 5, 10);
    clock.mockReturnValue(10_900);
    memory.advance(5, 11);
    expect(memory.recall(1, 5)).toBe(11);
    clock.mockReturnValue(11_100);
    expect(memory.recall(1, 5)).toBeUndefined();
    memory.remember(memory.now, 1, 5, 11);
    expect(memory.recall(1, 5)).toBe(11);
    clock.mockRestore();
  });

  it('knows nothing where others write too', () => {
    const memory = new GateMemory(false);
    memory.remember(memory.now, 1, 5, 10);
    memory.advance(5, 11);
    expect(memory.recall(1, 5)).toBeUndefined();
  });
});
