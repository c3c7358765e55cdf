import type { Usage } from '#cache/rate-limiter.js';

/** The figures of a limit; `X-RateLimit-Reset` in epoch seconds. */
export function limitHeaders({ limit, remaining, resetMs }: Usage): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(Math.ceil((Date.now() + resetMs) / 1000)),
  };
}
