import { branches, type JsonSchema } from './json-schema.js';

/** An id that nothing has. */
export const nobody = 999_999_999;

const strings: Record<string, string> = {
  email: 'nobody@example.com',
  'date-time': '2024-01-01T00:00:00.000Z',
  uri: 'https://example.com/picture.png',
};

/** What a schema does not say of a string: which form it has besides its length. */
const named: Record<string, unknown> = { email: 'nobody@example.com', path: '/api/users/me' };

/** A value that the schema accepts, with ids that nothing has. */
export function sample(schema: JsonSchema, root: object): unknown {
  const [branch = {}] = branches(schema, root);
  if (branch.const !== undefined) return branch.const;
  if (branch.enum !== undefined) return branch.enum[0];
  switch ([branch.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(branch.properties ?? {})
          .filter(([name]) => branch.required?.includes(name) === true)
          .map(([name, property]) => [name, named[name] ?? sample(property, root)]),
      );
    case 'array':
      return Array.from({ length: Math.max(branch.minItems ?? 0, 1) }, () => sample(branch.items ?? {}, root));
    case 'integer':
    case 'number':
      return Math.min(Math.max(branch.minimum ?? nobody, nobody), branch.maximum ?? nobody);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return text(branch);
  }
}

function text({ format, pattern, minLength }: JsonSchema): string {
  if (format !== undefined && format in strings) return strings[format] as string;
  if (pattern?.includes('[0-9]') === true && !pattern.includes('T')) return String(nobody);
  return 'x'.repeat(Math.max(minLength ?? 1, 12));
}
