import { accessRpc } from './access.contract.js';
import { cacheEvent } from './cache.contract.js';
import { authEvent, authRpc } from './auth.contract.js';
import { chatRpc } from './chat.contract.js';
import type { Event, Rpc } from './contract.js';
import { importRpc } from './import.contract.js';
import { logEvent, logRpc } from './log.contract.js';
import { messageRpc } from './message.contract.js';
import { pinRpc } from './pin.contract.js';
import { presenceEvent } from './presence.contract.js';
import { reactionRpc } from './reaction.contract.js';
import { receiptRpc } from './receipt.contract.js';
import { searchRpc } from './search.contract.js';
import { userRpc } from './user.contract.js';
import { workspaceRpc } from './workspace.contract.js';

/** Every request of the bus. The contract tests walk it, `npm run bus` looks subjects up in it. */
export const rpcs: readonly Rpc[] = [
  accessRpc,
  authRpc,
  chatRpc,
  importRpc,
  logRpc,
  messageRpc,
  reactionRpc,
  pinRpc,
  receiptRpc,
  searchRpc,
  userRpc,
  workspaceRpc,
].flatMap((group) => Object.values<Rpc>(group));

/** Every event of the bus. */
export const events: readonly Event[] = [authEvent, cacheEvent, logEvent, presenceEvent].flatMap((group) =>
  Object.values<Event>(group),
);
