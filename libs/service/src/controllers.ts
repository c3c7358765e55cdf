import type { INestApplicationContext } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';

/** The controllers that Nest has made for an app, of all its modules. */
export function controllersOf(app: INestApplicationContext): object[] {
  return [...app.get(ModulesContainer).values()].flatMap(({ controllers }) =>
    [...controllers.values()].map(({ instance }) => instance),
  );
}
