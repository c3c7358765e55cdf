import { serviceApp } from '#service/app.js';
import { MessageConfig } from './message.config.js';
import { MessageModule } from './message.module.js';

/** The message service, to be hosted alone or beside the others. */
export const messageApp = serviceApp({
  name: 'message',
  config: MessageConfig,
  module: (config, bus) => MessageModule.register(config, bus),
});
