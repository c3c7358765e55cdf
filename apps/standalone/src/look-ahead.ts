import { readConfig, type Environment } from '#config/config.js';
import { AuthConfig } from '../../auth/src/auth.config.js';
import { ChatConfig } from '../../chat/src/chat.config.js';
import { GatewayConfig } from '../../gateway/src/gateway.config.js';
import { MessageConfig } from '../../message/src/message.config.js';
import { SearchConfig } from '../../search/src/search.config.js';

const configs = [AuthConfig, ChatConfig, MessageConfig, SearchConfig, GatewayConfig];

/**
 * Looks at what the apps will read, so that all problems are told before anything is started: for `readTogether`. `env`
 * has something in place of what is only known later.
 */
export function lookAhead(env: Environment): (() => unknown)[] {
  return configs.map((config) => () => readConfig(config, env));
}
