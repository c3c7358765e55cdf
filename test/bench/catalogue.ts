import { batches } from './batches.js';
import type { Bench } from './bench.js';
import { cache } from './cache.js';
import { dashboard } from './dashboard.js';
import { delivery } from './delivery.js';
import { echo } from './echo.js';
import { fanout } from './fanout.js';
import { flush } from './flush.js';
import { guide } from './guide.js';
import { history } from './history.js';
import { latency } from './latency.js';
import { list } from './list.js';
import { micro } from './micro.js';
import { mix } from './mix.js';
import { search } from './search.js';
import { sends } from './sends.js';
import { sight } from './sight.js';
import { slow } from './slow.js';
import { soak } from './soak.js';
import { storm } from './storm.js';
import { switcher } from './switcher.js';

/** All benches, in the order in which `all` runs them. */
export const catalogue: readonly Bench[] = [
  sends,
  batches,
  list,
  latency,
  delivery,
  echo,
  fanout,
  storm,
  slow,
  guide,
  mix,
  flush,
  history,
  search,
  switcher,
  micro,
  cache,
  dashboard,
  sight,
  soak,
];
