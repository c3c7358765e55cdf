import { script } from './redis.js';

/**
 * A value is one hash, so that every step is atomic and stays on one node of a cluster: `v` the JSON, `n` its version,
 * `u` until when it is fresh, `l` and `e` who loads it and until when, `t` the least version that may be stored.
 */
const now = `local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)`;

/** KEYS[1]; ARGV: token, milliseconds of a lease. Answers {kind, value}. */
export const beginScript = script(`${now}
local h = redis.call('HMGET', KEYS[1], 'v', 'u', 'e')
if h[1] and tonumber(h[2]) > now then return {'hit', h[1]} end
if h[3] and tonumber(h[3]) > now then return {'wait', h[1]} end
redis.call('HSET', KEYS[1], 'l', ARGV[1], 'e', now + ARGV[2])
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return {'load', h[1]}`);

/** KEYS[1]; ARGV: token, JSON, version or '', milliseconds fresh, milliseconds stale. Answers whether it was stored. */
export const finishScript = script(`${now}
local h = redis.call('HMGET', KEYS[1], 'l', 'n', 't')
if h[1] ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'l', 'e')
local version = tonumber(ARGV[3])
if version then
  if (h[2] and tonumber(h[2]) > version) or (h[3] and tonumber(h[3]) > version) then return 0 end
  redis.call('HSET', KEYS[1], 'n', ARGV[3])
end
redis.call('HSET', KEYS[1], 'v', ARGV[2], 'u', now + ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[4] + ARGV[5])
return 1`);

/** KEYS[1]; ARGV: token. */
export const releaseScript = script(`if redis.call('HGET', KEYS[1], 'l') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'l', 'e')
end
return 1`);

/**
 * KEYS[1]; ARGV: version or '', milliseconds for which the version is remembered, milliseconds for which nobody may store
 * anything because a change is being made.
 */
export const invalidateScript = script(`${now}
local known = tonumber(redis.call('HGET', KEYS[1], 't'))
redis.call('DEL', KEYS[1])
local version = tonumber(ARGV[1])
if known and (not version or known > version) then version = known end
if version then redis.call('HSET', KEYS[1], 't', version) end
if ARGV[3] ~= '0' then redis.call('HSET', KEYS[1], 'l', '', 'e', now + ARGV[3]) end
if version or ARGV[3] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1`);
