import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '#testing/eventually.js';
import { gate } from '#testing/gate.js';
import { range } from '#testing/range.js';
import { messageApp } from '../../../../message/src/message.app.js';
import { messageDataSource } from '../../../../message/src/message.data-source.js';
import { RateLimits } from '../../security/rate-limits.js';
import { RealtimeHouse } from '../realtime.fixture.js';

const perMinute = 10;

let realtime: RealtimeHouse;

beforeAll(async () => {
  realtime = await RealtimeHouse.start(
    { app: messageApp, dataSource: messageDataSource },
    { LIMIT_REQUESTS_PER_MINUTE: String(perMinute) },
  );
});

afterAll(() => realtime.close());

describe('A flood of resumes', () => {
  it('is refused beyond the requests of the user, over whatever connection, and harms nobody', async () => {
    const chat = await realtime.chat(1, 2);
    await realtime.send(chat, 2, 'missed');
    const [flood, other, bystander] = [await realtime.connect(1), await realtime.connect(1), await realtime.connect(2)];
    const epoch = flood.frames[0]?.data['epoch'];
    const resume = { type: 'resume', epoch, cursors: { [chat]: 1 } };
    // Each of the two connections of the user was a request.
    const left = perMinute - 2;
    const answers = await Promise.all(range(1, left + 5).map(() => flood.ask(resume)));
    expect(answers.map(({ type }) => type)).toEqual([
      ...range(1, left).map(() => 'ack'),
      ...range(1, 5).map(() => 'error'),
    ]);
    for (const answer of [...answers.slice(left), await other.ask(resume)]) {
      expect(answer.data['error']).toMatchObject({ code: 'RATE_LIMITED' });
    }
    expect((await bystander.ask(resume)).type).toBe('ack');
    const { seq } = await realtime.send(chat, 2, 'live');
    const sockets = [flood, other, bystander];
    await eventually(() => sockets.every((socket) => socket.seqs(chat).at(-1) === seq));
    // What was refused changed nothing: the log goes on from the heads of `ready`.
    expect(other.seqs(chat)).toEqual([seq]);
    expect(bystander.seqs(chat)).toEqual([2, seq]);
    for (const { socket } of sockets) socket.close();
  });

  it('is counted before it acts, and nothing new overtakes what is named in time however long that takes', async () => {
    const chat = await realtime.chat(3, 4);
    await realtime.send(chat, 4, 'missed');
    const counted = gate();
    let uses = 0;
    const take = jest.spyOn(RateLimits.prototype, 'take').mockImplementation(async (_, key) => {
      // The first use is the connection, the second what it resumes.
      if (key === 'user:3' && ++uses === 2) await counted.opened;
      return undefined;
    });
    const known = await realtime.connect(4);
    const socket = await realtime.open();
    // Named before it is `ready`, so in time however busy the machine is.
    socket.send({ type: 'auth', token: await realtime.token(3) });
    const answer = socket.ask({ type: 'resume', epoch: known.frames[0]?.data['epoch'], cursors: { [chat]: 1 } });
    await eventually(() => uses === 2);
    // One that came later is live: the first one's time to name positions is over too.
    const later = await realtime.connect(4);
    await realtime.send(chat, 4, 'live');
    await eventually(() => later.seqs(chat).length === 1);
    expect(socket.seqs(chat)).toEqual([]);
    counted.open();
    expect((await answer).type).toBe('ack');
    expect(socket.seqs(chat)).toEqual([2, 3]);
    take.mockRestore();
    for (const { socket: each } of [known, socket, later]) each.close();
  });
});
