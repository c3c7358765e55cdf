import { expect, it } from '@jest/globals';
import { declaredStatements, sql } from './statement.js';

it('keeps every statement that was declared, by name', () => {
  sql('spec.second', 'SELECT 2');
  sql('spec.first', 'SELECT 1');
  expect(declaredStatements()).toEqual([
    { name: 'spec.first', text: 'SELECT 1' },
    { name: 'spec.second', text: 'SELECT 2' },
  ]);
});

it('refuses a second statement of the same name, and takes the same one again', () => {
  const statement = sql('spec.name', 'SELECT 1');
  expect(sql('spec.name', 'SELECT 1')).toBe(statement);
  expect(() => sql('spec.name', 'SELECT 2')).toThrow('Two statements are called spec.name');
});
