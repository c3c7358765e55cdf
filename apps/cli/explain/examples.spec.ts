import { expect, it } from '@jest/globals';
import { loadStatements } from '../queries/statement-files.js';
import { examplesByService } from './examples.js';

it('has an example of every statement, and of no other (apps/<service>/src/<service>.examples.ts)', async () => {
  const files = await loadStatements();
  const declared = files.flatMap(({ statements }) => statements.map(({ name }) => name)).sort();
  const examples = Object.values(examplesByService).flatMap(({ statements }) => Object.keys(statements));
  expect(examples.sort()).toEqual(declared);
});

it.each(Object.keys(examplesByService))('keeps the statements of %s in its own file', (service) => {
  const strangers = Object.keys(examplesByService[service]!.statements).filter(
    (name) => !name.startsWith(`${service}.`),
  );
  expect(strangers).toEqual([]);
});
