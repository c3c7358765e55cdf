import { endOf, frameOf, type Link, type LinkListener } from './link.js';

/** What of a WebSocket is used: browsers have it, and the `ws` package for Node. */
interface WebSocketLike {
  send(data: string): void;
  close(): void;
  /** Where it exists, it ends a connection whose other side is silent. */
  terminate?(): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

export type WebSocketClass = new (url: string) => WebSocketLike;

/** What opens the door: an access token as the first frame, or a ticket in the address. */
export type Credential = { readonly token: string } | { readonly ticket: string };

/** Connects to `/ws` of a gateway. */
export function openWebSocket(
  WebSocket: WebSocketClass,
  gateway: string,
  credential: Credential,
  listener: LinkListener,
): Link {
  const url = new URL('/ws', gateway.replace(/^http/, 'ws'));
  if ('ticket' in credential) url.searchParams.set('ticket', credential.ticket);
  const socket = new WebSocket(url.href);
  let isOpen = true;
  socket.addEventListener('open', () => {
    if ('token' in credential) socket.send(JSON.stringify({ type: 'auth', token: credential.token }));
  });
  socket.addEventListener('message', ({ data }) => {
    if (!isOpen) return;
    listener.alive();
    const frame = frameOf(String(data));
    if (frame !== undefined) listener.frame(frame);
  });
  // `close` follows.
  socket.addEventListener('error', () => undefined);
  socket.addEventListener('close', ({ code, reason }) => {
    if (!isOpen) return;
    isOpen = false;
    listener.ended(endOf(code, reason));
  });
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    close: () => {
      isOpen = false;
      if (socket.terminate === undefined) socket.close();
      else socket.terminate();
    },
  };
}
