import { branches, typesOf, type JsonSchema } from './json-schema.js';

/** An input that must be refused, and what is wrong with it. */
export interface Spoiled {
  readonly what: string;
  readonly value: unknown;
}

const wrong: Record<string, unknown> = {
  string: 'text',
  number: 7,
  boolean: true,
  object: { a: 1 },
  array: [1],
  null: null,
};

/** Every way in which one spot of a valid value can be spoiled: types, bounds, characters, missing and unknown fields. */
export function* spoil(schema: JsonSchema, valid: unknown, root: object, path = 'it'): Generator<Spoiled> {
  const types = typesOf(schema, root);
  for (const [type, value] of Object.entries(wrong)) if (!types.has(type)) yield { what: `${path} is ${type}`, value };
  const all = branches(schema, root);
  const [branch = {}] = all;
  if (all.length > 1 && all.some(({ type }) => type !== 'null' && type !== branch.type)) return;
  if (branch.enum !== undefined) yield { what: `${path} is none of the allowed`, value: 'none-of-these' };
  else if (branch.type === 'string') yield* spoilText(branch, path);
  else if (branch.type === 'integer') yield* spoilInteger(branch, path);
  else if (branch.type === 'array') yield* spoilArray(branch, valid as unknown[], root, path);
  else if (branch.properties !== undefined) yield* spoilObject(branch, valid as Record<string, unknown>, root, path);
}

function* spoilText({ maxLength, minLength, const: constant }: JsonSchema, path: string): Generator<Spoiled> {
  if (constant !== undefined) return;
  yield { what: `${path} has a NUL`, value: 'nul\0inside-it' };
  yield { what: `${path} has half a surrogate pair`, value: 'half\ud800inside-it' };
  if (maxLength !== undefined) yield { what: `${path} is too long`, value: 'x'.repeat(maxLength + 1) };
  if ((minLength ?? 0) > 0) yield { what: `${path} is empty`, value: '' };
}

function* spoilInteger({ minimum, maximum }: JsonSchema, path: string): Generator<Spoiled> {
  yield { what: `${path} is a fraction`, value: 1.5 };
  yield { what: `${path} is beyond the safe integers`, value: 2 ** 60 };
  if (minimum !== undefined) yield { what: `${path} is too small`, value: minimum - 1 };
  if (maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER)
    yield { what: `${path} is too large`, value: maximum + 1 };
}

function* spoilArray(
  { items, maxItems, minItems }: JsonSchema,
  valid: unknown[],
  root: object,
  path: string,
): Generator<Spoiled> {
  if ((minItems ?? 0) > 0) yield { what: `${path} is empty`, value: [] };
  const [first] = valid;
  if (maxItems !== undefined && maxItems <= 1000)
    yield { what: `${path} has too many items`, value: Array.from({ length: maxItems + 1 }, () => first) };
  for (const { what, value } of spoil(items ?? {}, first, root, `${path}[0]`)) yield { what, value: [value] };
}

function* spoilObject(
  { properties = {}, required = [] }: JsonSchema,
  valid: Record<string, unknown>,
  root: object,
  path: string,
): Generator<Spoiled> {
  yield { what: `${path} has an unknown field`, value: { ...valid, nobody_knows_this: 1 } };
  yield {
    what: `${path} names the prototype`,
    value: withPrototype(valid),
  };
  for (const name of required) {
    if (properties[name]?.default !== undefined) continue;
    const { [name]: _left, ...rest } = valid;
    yield { what: `${path} lacks ${name}`, value: rest };
  }
  for (const [name, property] of Object.entries(properties)) {
    for (const { what, value } of spoil(property, valid[name] ?? [], root, `${path}.${name}`))
      yield { what, value: { ...valid, [name]: value } };
  }
}

/** An object with an own property of that name, as JSON can make one. */
function withPrototype(valid: Record<string, unknown>): unknown {
  return Object.defineProperty({ ...valid }, '__proto__', { value: { admin: true }, enumerable: true });
}
