/** The part of JSON Schema that our contracts come out as. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  default?: unknown;
}

/** Follows a reference into `#/components/schemas` or `#/$defs`. */
export function resolve(schema: JsonSchema, root: object): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const target = schema.$ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], root);
  if (target === undefined) throw new Error(`Nothing is at ${schema.$ref}`);
  return resolve(target as JsonSchema, root);
}

/** The alternatives of a schema; itself when it has none. */
export function branches(schema: JsonSchema, root: object): JsonSchema[] {
  const resolved = resolve(schema, root);
  const alternatives = resolved.anyOf ?? resolved.oneOf;
  return alternatives === undefined ? [resolved] : alternatives.flatMap((branch) => branches(branch, root));
}

/** Names of the JSON types that a schema accepts. */
export function typesOf(schema: JsonSchema, root: object): Set<string> {
  const types = new Set<string>();
  for (const branch of branches(schema, root)) {
    if (branch.const !== undefined) types.add(typeof branch.const);
    else if (branch.enum !== undefined) branch.enum.forEach((value) => types.add(typeof value));
    else if (branch.type === undefined)
      ['string', 'number', 'boolean', 'object', 'array', 'null'].forEach((type) => types.add(type));
    else [branch.type].flat().forEach((type) => types.add(type === 'integer' ? 'number' : type));
  }
  return types;
}
