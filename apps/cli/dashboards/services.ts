import { quantile, rate, type Dashboard, type Panel } from './dashboard.js';

const calls = 'fechatter_bus_call_duration_seconds';
const requests = 'http_request_duration_seconds';

/** What a service behind the bus is asked, and what its statements take. */
function served(service: string): readonly Panel[] {
  const ofSubject = `{subject=~"${service}\\\\..*"}`;
  const ofOperation = `{operation=~"${service}\\\\..*"}`;
  const connections = (state: string) => `sum by (pool) (db_connections_${state}{pool=~"${service}(\\\\..*)?"})`;
  return [
    {
      title: 'Calls, by subject',
      unit: 'reqps',
      lines: { '{{subject}}': `sum by (subject) (${rate(`${calls}_count${ofSubject}`)})` },
    },
    {
      title: 'Calls, p99',
      about: 'As callers see it, with the way there and back.',
      unit: 's',
      lines: { '{{subject}}': quantile(0.99, calls, ['subject'], ofSubject) },
    },
    {
      title: 'Calls that failed, by code',
      unit: 'reqps',
      lines: {
        '{{code}}': `sum by (code) (${rate(`${calls}_count{subject=~"${service}\\\\..*", code!="OK"}`)})`,
      },
    },
    {
      title: 'Statements, p99',
      unit: 's',
      lines: { '{{operation}}': quantile(0.99, 'db_operation_duration_seconds', ['operation'], ofOperation) },
    },
    {
      title: 'Connections to PostgreSQL, by pool',
      unit: 'short',
      lines: {
        '{{pool}} active': connections('active'),
        '{{pool}} idle': connections('idle'),
        '{{pool}} callers who wait': connections('waiting'),
        '{{pool}} most': connections('max'),
      },
    },
    {
      title: 'Statements that failed',
      unit: 'ops',
      lines: { '{{operation}}': `sum by (operation) (${rate(`db_operation_errors_total${ofOperation}`)})` },
    },
  ];
}

/** How often values of a key pattern were there, and how often they had to be loaded. */
function cached(title: string, pattern: string): Panel {
  return {
    title,
    unit: 'ops',
    lines: {
      'found in {{layer}}': `sum by (layer) (${rate(`cache_hits{pattern="${pattern}"}`)})`,
      loaded: `sum(${rate(`cache_misses{pattern="${pattern}"}`)})`,
    },
  };
}

/** A page for each service. */
export const services: readonly Dashboard[] = [
  {
    name: 'gateway',
    panels: [
      {
        title: 'Requests, by route',
        unit: 'reqps',
        lines: { '{{method}} {{path}}': `sum by (method, path) (${rate('http_requests_total')})` },
      },
      {
        title: 'Requests, p99 by route',
        unit: 's',
        lines: { '{{method}} {{path}}': quantile(0.99, requests, ['method', 'path']) },
      },
      {
        title: 'Realtime connections',
        unit: 'short',
        lines: { '{{transport}}': 'sum by (transport) (fechatter_realtime_connections)' },
      },
      {
        title: 'Realtime connections that ended, by code',
        about: '1012: the server stops; 4008: a client that is too slow. Clients come back and miss nothing.',
        unit: 'ops',
        lines: { '{{code}}': `sum by (code) (${rate('fechatter_realtime_closed_total')})` },
      },
      {
        title: 'Frames that slow clients were spared',
        unit: 'ops',
        lines: { '{{outcome}}': `sum by (outcome) (${rate('fechatter_realtime_thinned_frames_total')})` },
      },
      {
        title: 'Behind the logs by',
        about: 'How long a chat has been known to have more than was sent on. The rest is read from its log.',
        unit: 's',
        lines: { '{{instance}}': 'fechatter_realtime_log_lag_seconds' },
      },
      {
        title: 'Events that were lost on the bus',
        about: 'Nothing is lost to people: what is missing is read from the logs, later.',
        unit: 'ops',
        lines: {
          '{{reason}}': `sum by (reason) (${rate('fechatter_bus_dropped_events_total')})`,
          '{{event}} failed': `sum by (event) (${rate('fechatter_bus_failed_events_total')})`,
        },
      },
    ],
  },
  {
    name: 'auth',
    panels: [
      ...served('auth'),
      cached('Users from the cache', 'user'),
      {
        title: 'Passwords that are hashed',
        about: 'Two at a time. Up to 256 wait, ten seconds at most; more are answered 503.',
        unit: 'short',
        lines: { '{{state}}': 'sum by (state) (fechatter_password_hashes)' },
      },
    ],
  },
  { name: 'chat', panels: served('chat') },
  {
    name: 'message',
    panels: [
      ...served('message'),
      {
        title: 'Messages a flush stores together',
        about: 'One at rest; more the more is sent at the same time, up to 512.',
        unit: 'short',
        lines: {
          mean: `sum(${rate('fechatter_flush_messages_sum')}) / sum(${rate('fechatter_flush_messages_count')})`,
          p99: quantile(0.99, 'fechatter_flush_messages'),
        },
      },
      {
        title: 'Messages that wait for a flush',
        about: 'Up to 10,000 in a process; more are answered 503.',
        unit: 'short',
        lines: { '{{instance}}': 'fechatter_send_waiting_messages' },
      },
    ],
  },
  {
    name: 'search',
    panels: [
      ...served('search'),
      {
        title: 'Chats that wait for being indexed',
        unit: 'short',
        lines: { '{{instance}}': 'fechatter_search_waiting_chats' },
      },
      {
        title: 'How long the oldest of them waits',
        about: 'Grows also while the logs and the index cannot be compared.',
        unit: 's',
        lines: { '{{instance}}': 'fechatter_search_lag_seconds' },
      },
      {
        title: 'Entries of the logs that are not indexed',
        about: 'Of chats that changed within three minutes. There is no line while that cannot be found out.',
        unit: 'short',
        lines: { '{{instance}}': 'fechatter_search_lag_entries' },
      },
    ],
  },
];
