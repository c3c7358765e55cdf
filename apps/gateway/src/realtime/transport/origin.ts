import type { GatewayConfig } from '../../gateway.config.js';

/**
 * Whether a page of that origin may open realtime connections: our own page or an allowed one. Programs that are no
 * browsers send no Origin.
 */
export function isAllowedOrigin(
  origin: string | undefined,
  host: string | undefined,
  { PUBLIC_URL, ALLOWED_ORIGINS }: Pick<GatewayConfig, 'PUBLIC_URL' | 'ALLOWED_ORIGINS'>,
): boolean {
  if (origin === undefined || ALLOWED_ORIGINS.includes(origin)) return true;
  if (PUBLIC_URL !== undefined) return origin === new URL(PUBLIC_URL).origin;
  return host !== undefined && origin === `http://${host}`;
}
