import { serviceApp } from '#service/app.js';
import { SearchConfig } from './search.config.js';
import { SearchModule } from './search.module.js';

/** The search service, to be hosted alone or beside the others. */
export const searchApp = serviceApp({
  name: 'search',
  config: SearchConfig,
  module: (config, bus) => SearchModule.register(config, bus),
});
