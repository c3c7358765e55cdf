import { batches } from './batches.js';
import type { Bench } from './bench.js';
import { delivery } from './delivery.js';
import { flush } from './flush.js';
import { history } from './history.js';
import { latency } from './latency.js';
import { list } from './list.js';
import { sends } from './sends.js';

/** All benches, in the order in which `all` runs them. */
export const catalogue: readonly Bench[] = [sends, batches, list, latency, delivery, flush, history];
