import { Database } from '#database/database.js';
import type { Lane } from '#database/database.module.js';

/** Flushes at the same time of chats that nobody else has locked. */
export const mostFlushes = 3;

/** Connections that these flushes have for themselves: sends never wait behind reads. */
export class SendDatabase extends Database {}

export const sendLane: Lane = { name: 'flush', token: SendDatabase, max: mostFlushes, fullIsNormal: true };
