import type { Random } from '#testing/random.js';
import type { World } from './world.js';

/** Something that must hold. It uses chats of its own, so that others may run at the same time; it throws when it fails. */
export interface Scenario {
  readonly name: string;
  /** It touches what others need: nothing runs beside it. */
  readonly isAlone?: boolean;
  run(world: World, random: Random): Promise<void>;
}
