/** A bare Fastify as a process of its own: what HTTP and JSON cost when nothing is behind them. */
import fastify from 'fastify';

/** What a GET answers from now on. */
export interface Order {
  readonly page: string;
}

const app = fastify();
let page = Buffer.from('{}');
let last = 0;

// Answers as many bytes as a message of ours has.
app.post<{ Body: { chat_id: number; content: string; idempotency_key?: string } }>('/', (request, reply) => {
  const { chat_id, content, idempotency_key = null } = request.body;
  const id = ++last;
  const created_at = new Date().toISOString();
  return reply.code(201).send({
    id,
    chat_id,
    seq: id,
    ordinal: id,
    version: id,
    sender_id: 1,
    sender: { id: 1, username: 'owner-12345678', avatar_url: null },
    content,
    parent_id: null,
    reply_count: 0,
    mentions: [],
    reactions: [],
    idempotency_key,
    edited_at: null,
    deleted_at: null,
    created_at,
    updated_at: created_at,
  });
});

app.get('/', (_request, reply) => reply.type('application/json; charset=utf-8').send(page));

process.on('message', (order: Order) => {
  page = Buffer.from(order.page);
  process.send?.({ done: true });
});
process.once('disconnect', () => process.exit(0));

const address = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ port: Number(new URL(address).port) });
