import type { Bus } from '#bus/bus.js';
import { logRpc } from '#contracts/log.contract.js';
import { Logger } from '#telemetry/logger.js';
import { self } from '../../self.js';
import type { Room } from '../delivery/room.js';

const logger = new Logger('gateway.presence');

const roomsAtOnce = 1_000;

/** Finds out which rooms are small. Those of which it is not known count as large. */
export class RoomSizes {
  constructor(
    private readonly bus: Bus,
    private readonly rooms: ReadonlyMap<number, Room>,
  ) {}

  /** Asks for the rooms of which it is not known. Answers the users here who are in those that have turned out small. */
  async find(): Promise<Set<number>> {
    const users = new Set<number>();
    const unknown = [...this.rooms.values()].filter(({ isSmall }) => isSmall === undefined);
    try {
      for (let start = 0; start < unknown.length; start += roomsAtOnce) {
        for (const room of await this.ask(unknown.slice(start, start + roomsAtOnce))) {
          for (const { userId } of room.present()) users.add(userId);
        }
      }
    } catch (error) {
      logger.warn('Sizes of chats could not be asked for; the next second tries again', { reason: String(error) });
    }
    return users;
  }

  private async ask(rooms: readonly Room[]): Promise<Room[]> {
    const asked = rooms.map((room) => ({ room, memberChanges: room.memberChanges }));
    const request = { chat_ids: rooms.map(({ chatId }) => chatId) };
    const small = new Set((await this.bus.call(logRpc.smallChats, request, { as: self })).chat_ids);
    const answered = asked.filter(({ room, memberChanges }) => room.memberChanges === memberChanges);
    for (const { room } of answered) room.sized(small.has(room.chatId));
    return answered.flatMap(({ room }) => (room.isSmall === true ? room : []));
  }
}
