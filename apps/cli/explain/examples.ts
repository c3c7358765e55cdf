import { databaseExamples } from '#database/database.examples.js';
import type { Examples } from '#database/example.js';
import { authExamples } from '../../auth/src/auth.examples.js';
import { chatExamples } from '../../chat/src/chat.examples.js';
import { messageExamples } from '../../message/src/message.examples.js';
import { searchExamples } from '../../search/src/search.examples.js';

/** How the statements of each service are tried; a statement's name begins with its service. */
export const examplesByService: Readonly<Record<string, Examples>> = {
  auth: authExamples,
  chat: chatExamples,
  database: databaseExamples,
  message: messageExamples,
  search: searchExamples,
};
