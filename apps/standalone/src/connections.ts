import { z } from 'zod';
import { readConfig } from '#config/config.js';
import type { Demand } from '#database/connection-limit.js';
import { roleOf } from '#database/prepare.js';
import { AuthConfig } from '../../auth/src/auth.config.js';
import { ChatConfig } from '../../chat/src/chat.config.js';
import { MessageConfig } from '../../message/src/message.config.js';
import { SearchConfig } from '../../search/src/search.config.js';

const PoolConfig = z.object({
  AUTH_POOL_MAX: AuthConfig.shape.AUTH_POOL_MAX,
  CHAT_POOL_MAX: ChatConfig.shape.CHAT_POOL_MAX,
  MESSAGE_POOL_MAX: MessageConfig.shape.MESSAGE_POOL_MAX,
  SEARCH_POOL_MAX: SearchConfig.shape.SEARCH_POOL_MAX,
});

/** How many connections the services may open, lanes included, with so many `processes` of each. */
export function connectionDemands(processes: Readonly<Record<string, number>> = {}): Demand[] {
  const config = readConfig(PoolConfig);
  const demand = (service: string, variable: keyof typeof config): Demand => ({
    variable,
    max: config[variable],
    role: roleOf(service),
    processes: processes[service] ?? 1,
  });
  return [
    demand('auth', 'AUTH_POOL_MAX'),
    demand('chat', 'CHAT_POOL_MAX'),
    demand('message', 'MESSAGE_POOL_MAX'),
    demand('search', 'SEARCH_POOL_MAX'),
  ];
}
