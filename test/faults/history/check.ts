import { ChatLog } from './chat-log.js';
import { checkReads } from './check-reads.js';
import { checkStored } from './check-stored.js';
import { checkView } from './check-view.js';
import { groupBy } from './group.js';
import type { Finding, History } from './history.js';

/**
 * Everything in which a history breaks the promises. As the server tells the order (`seq`), no order has to be searched:
 * the check is exact, and takes O(n log n) for n operations, rows, applied entries and reads.
 */
export function check({ operations, rows, views, reads }: History): Finding[] {
  const [operationsOf, rowsOf, viewsOf, readsOf] = [
    groupBy(operations, ({ chat }) => chat),
    groupBy(rows, ({ chat }) => chat),
    groupBy(views, ({ chat }) => chat),
    groupBy(reads, ({ chat }) => chat),
  ];
  const chats = new Set([...operationsOf.keys(), ...rowsOf.keys(), ...viewsOf.keys(), ...readsOf.keys()]);
  return [...chats].flatMap((chat) => {
    const log = new ChatLog(chat, operationsOf.get(chat) ?? [], rowsOf.get(chat) ?? []);
    const seen = (viewsOf.get(chat) ?? []).flatMap((view) => checkView(log, view));
    return [...checkStored(log), ...seen, ...checkReads(log, readsOf.get(chat) ?? [])];
  });
}
