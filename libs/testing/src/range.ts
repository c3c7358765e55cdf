/** The whole numbers from one to another, both included. */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** 1, 2, 3, … up to `last`. */
export function upTo(last: number): number[] {
  return range(1, last);
}
