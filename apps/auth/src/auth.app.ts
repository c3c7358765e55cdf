import { serviceApp } from '#service/app.js';
import { AuthConfig } from './auth.config.js';
import { AuthModule } from './auth.module.js';

/** Users, sessions, tokens. */
export const authApp = serviceApp({
  name: 'auth',
  config: AuthConfig,
  module: (config, bus) => AuthModule.register(config, bus),
});
