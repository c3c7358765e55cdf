import type { Bench } from './bench.js';
import { list } from './list.js';
import { sends } from './sends.js';

/** All benches, in the order in which `all` runs them. */
export const catalogue: readonly Bench[] = [sends, list];
