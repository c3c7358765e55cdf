import { authApi } from './auth.routes.js';
import { batchApi } from './batch.routes.js';
import { chatMembersApi } from './chat-member.routes.js';
import { chatsApi } from './chat.routes.js';
import { importApi } from './import.routes.js';
import { invitesApi } from './invite.routes.js';
import { messagesApi } from './message.routes.js';
import { pinsApi } from './pin.routes.js';
import { reactionsApi } from './reaction.routes.js';
import { receiptsApi } from './receipt.routes.js';
import type { Route } from './route.js';
import { searchApi } from './search.routes.js';
import { systemApi } from './system.routes.js';
import { usersApi } from './user.routes.js';
import { workspacesApi } from './workspace.routes.js';

/** Every table of operations by the noun under which the OpenAPI document shows it. */
export const routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  auth: authApi,
  users: usersApi,
  workspaces: workspacesApi,
  invites: invitesApi,
  chats: chatsApi,
  'chat members': chatMembersApi,
  messages: messagesApi,
  reactions: reactionsApi,
  pins: pinsApi,
  receipts: receiptsApi,
  import: importApi,
  search: searchApi,
  batch: batchApi,
  system: systemApi,
};
