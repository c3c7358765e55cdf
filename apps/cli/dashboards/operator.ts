import { quantile, rate, type Dashboard } from './dashboard.js';

const hits = `sum by (pattern) (${rate('cache_hits')})`;
const misses = `sum by (pattern) (${rate('cache_misses')})`;

/** The page to leave open: whether people are served, and if not, which part is the cause. */
export const operator: Dashboard = {
  name: 'operator',
  panels: [
    {
      title: 'Requests, by status',
      unit: 'reqps',
      lines: { '{{status}}': `sum by (status) (${rate('http_requests_total')})` },
    },
    {
      title: 'Requests, time',
      unit: 's',
      lines: {
        p50: quantile(0.5, 'http_request_duration_seconds'),
        p99: quantile(0.99, 'http_request_duration_seconds'),
      },
    },
    {
      title: 'Requests that fail',
      about:
        'Answers from 500 on, as a share of all. 503 says that a part is away or too much waits; people try again.',
      unit: 'percentunit',
      lines: {
        '5xx': `(sum(${rate('http_requests_total{status=~"5.."}')}) or vector(0)) / sum(${rate('http_requests_total')})`,
      },
    },
    {
      title: 'Messages stored',
      unit: 'ops',
      lines: { messages: `sum(${rate('fechatter_flush_messages_sum')})` },
    },
    {
      title: 'Realtime connections',
      unit: 'short',
      lines: { '{{transport}}': 'sum by (transport) (fechatter_realtime_connections)' },
    },
    {
      title: 'Realtime is behind by',
      about:
        'How long a chat has been known to have more than its listeners were sent. Near zero; what is missing is read.',
      unit: 's',
      lines: { '{{instance}}': 'fechatter_realtime_log_lag_seconds' },
    },
    {
      title: 'Search is behind by',
      about: 'How long the chat that waits longest has waited for search. It grows in a rush and goes back after it.',
      unit: 's',
      lines: { '{{instance}}': 'fechatter_search_lag_seconds' },
    },
    {
      title: 'Event loop, p99 of its delay',
      unit: 's',
      lines: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds' },
    },
    {
      title: 'Processor',
      about: 'A process has one thread for its work: near 100 % it is the bottleneck, and one process more helps.',
      unit: 'percentunit',
      lines: { '{{instance}}': rate('process_cpu_seconds_total') },
    },
    {
      title: 'Calls on the bus and statements, p99',
      unit: 's',
      lines: {
        'calls on the bus': quantile(0.99, 'fechatter_bus_call_duration_seconds'),
        statements: quantile(0.99, 'db_operation_duration_seconds'),
      },
    },
    {
      title: 'Connections to PostgreSQL, share of the pool',
      unit: 'percentunit',
      lines: { '{{pool}} {{instance}}': 'db_connections_active / db_connections_max' },
    },
    {
      title: 'Cache, share of hits',
      unit: 'percentunit',
      lines: { '{{pattern}}': `${hits} / (${hits} + ${misses})` },
    },
    {
      title: 'Memory, resident',
      unit: 'bytes',
      lines: { '{{instance}}': 'memory_resident_bytes' },
    },
  ],
};
