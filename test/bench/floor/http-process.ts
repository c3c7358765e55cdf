/** A bare Fastify as a process of its own: what HTTP and JSON cost when nothing is behind them. */
import fastify from 'fastify';

/** What a GET answers from now on. */
export interface Order {
  readonly page: string;
}

const app = fastify();
let page = Buffer.from('{}');
let last = 0;

interface Sent {
  readonly chat_id: number;
  readonly content: string;
  readonly idempotency_key?: string;
}

app.post<{ Body: Sent | { messages: Sent[] } }>('/', ({ body }, reply) => {
  const answer = 'messages' in body ? { messages: body.messages.map(messageOf) } : messageOf(body);
  return reply.code(201).send(answer);
});

/** As many bytes as a message of ours has. */
function messageOf({ chat_id, content, idempotency_key }: Sent) {
  const id = ++last;
  const created_at = new Date().toISOString();
  const sender = { id: 1, username: 'owner-12345678', avatar_url: null };
  const numbers = { id, chat_id, seq: id, ordinal: id, version: id, sender_id: 1 };
  const rest = {
    parent_id: null,
    reply_count: 0,
    mentions: [],
    reactions: [],
    idempotency_key: idempotency_key ?? null,
  };
  const times = { edited_at: null, deleted_at: null, created_at, updated_at: created_at };
  return { ...numbers, sender, content, ...rest, ...times };
}

app.get('/', (_request, reply) => reply.type('application/json; charset=utf-8').send(page));

process.on('message', (order: Order) => {
  page = Buffer.from(order.page);
  process.send?.({ done: true });
});
process.once('disconnect', () => process.exit(0));

const address = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: Number(new URL(address).port) });
