import { serviceApp } from '#service/app.js';
import { ChatConfig } from './chat.config.js';
import { ChatModule } from './chat.module.js';

/** Workspaces, chats, and who belongs where. */
export const chatApp = serviceApp({
  name: 'chat',
  config: ChatConfig,
  module: (config, bus) => ChatModule.register(config, bus),
});
