import { endCodes } from '../../../apps/gateway/src/realtime/realtime.metrics.js';
import { noAnswerCode } from '#bus/bus.metrics.js';
import { errorCatalogue } from '#contracts/error.js';

const { keys, values } = Object;

/** What a label of a metric can say that stands for a code, whether it has been said or not; undefined for other labels. */
export function knownValues(metric: string, label: string): readonly string[] | undefined {
  if (label === 'status') return ['200', '201', '304', ...values(errorCatalogue).map(({ status }) => String(status))];
  if (label !== 'code') return undefined;
  return metric === 'fechatter_realtime_closed_total' ? endCodes : ['OK', noAnswerCode, ...keys(errorCatalogue)];
}

/** Labels whose values are there from the beginning, or as soon as the server is used. */
export const lasting = ['pool', 'pattern', 'subject', 'operation', 'method', 'path'];
