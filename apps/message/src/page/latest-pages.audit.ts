import type { Audit, Difference } from '#cache/auditor.js';
import { mostLatest } from './latest-page.js';
import type { LatestPages } from './latest-pages.js';

/**
 * Makes every latest page that this process holds anew of what is stored and compares the bytes of all answers that
 * both have. To be run when nothing changes. Names are those that this process knows: `audit` has the senders. Throws where
 * a page, or all of them, could not be compared at all.
 */
export async function auditLatestPages(pages: LatestPages): Promise<Audit> {
  const differences: Difference[] = [];
  let compared = 0;
  for (const chatId of pages.held()) {
    const stored = await pages.reload(chatId);
    if (stored === undefined) throw new Error(`Chat ${chatId} has a latest page and is not stored`);
    const served = await pages.serve(chatId, stored.lastSeq);
    for (let limit = 1; limit <= mostLatest; limit++) {
      const cached = served?.answer(limit, stored.lastSeq)?.bytes;
      const loaded = stored.answer(limit, stored.lastSeq)?.bytes;
      // Where messages are long, one of them may reach further back.
      if (cached === undefined || loaded === undefined) continue;
      compared++;
      if (cached.equals(loaded)) continue;
      const key = `messages:chat:${chatId}:latest:${limit}`;
      differences.push({ key, layer: 'memory', cached: cached.toString(), loaded: loaded.toString() });
    }
  }
  if (compared === 0) throw new Error('No latest page was compared');
  return { compared, differences };
}
