import type { ServiceDataSource } from '#database/data-source.js';
import { authDataSource } from '../../auth/src/auth.data-source.js';
import { chatDataSource } from '../../chat/src/chat.data-source.js';
import { messageDataSource } from '../../message/src/message.data-source.js';
import { searchDataSource } from '../../search/src/search.data-source.js';

/** The parts of the database of all services. */
export const dataSources: readonly ServiceDataSource[] = [
  messageDataSource,
  chatDataSource,
  authDataSource,
  searchDataSource,
];
