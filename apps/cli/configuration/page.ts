import { z } from 'zod';
import { NatsConfig, ProcessConfig } from '#config/process.config.js';
import { AuthConfig } from '../../auth/src/auth.config.js';
import { ChatConfig } from '../../chat/src/chat.config.js';
import { GatewayConfig } from '../../gateway/src/gateway.config.js';
import { MessageConfig } from '../../message/src/message.config.js';
import { SearchConfig } from '../../search/src/search.config.js';
import { StandaloneConfig } from '../../standalone/src/standalone.config.js';
import { DistributedConfig } from '../distributed/distributed.config.js';

/** From the root of the repository. */
export const pagePath = 'docs/configuration.md';

const introduction = `# Configuration

Written by \`npm run config\` from the schemas that read these variables (\`<app>.config.ts\`); a test fails when it is out of
date. Fechatter reads environment variables and nothing else. An empty one counts as absent. What is wrong or missing stops
the start and is told all at once; so is an unknown variable that begins with \`FECHATTER_\`.

\`npm start\` and \`npm run start:distributed\` need none of them: they find or make addresses and secrets by themselves, and
pass on to the apps what you set of the rest. What the other commands read stands in their \`-- --help\`.`;

interface Section {
  readonly title: string;
  readonly about?: string;
  readonly schema: z.ZodObject;
}

const sections: readonly Section[] = [
  {
    title: 'Every process',
    about:
      'That of `npm start` needs no `FECHATTER_BUS_SECRET`. With an endpoint, OpenTelemetry itself reads `OTEL_EXPORTER_OTLP_HEADERS`, for a collector that wants a key.',
    schema: ProcessConfig,
  },
  { title: 'Processes over NATS', about: 'Every one but that of `npm start`.', schema: NatsConfig },
  { title: '`npm start`', schema: StandaloneConfig },
  {
    title: '`npm run start:distributed`',
    about: 'In place of what is not given it starts a server, or makes a secret in the data folder.',
    schema: DistributedConfig,
  },
  { title: 'gateway', schema: GatewayConfig },
  { title: 'auth', schema: AuthConfig },
  { title: 'chat', schema: ChatConfig },
  { title: 'message', schema: MessageConfig },
  { title: 'search', schema: SearchConfig },
];

/** The page as Markdown: for each app every variable that it reads beside those of every process. */
export function configurationPage(): string {
  const parts = sections.map((section) =>
    [`## ${section.title}`, ...(section.about === undefined ? [] : [section.about]), table(section.schema)].join(
      '\n\n',
    ),
  );
  return `${[introduction, ...parts].join('\n\n')}\n`;
}

function table(schema: z.ZodObject): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  const rows = Object.entries(properties)
    .filter(([name]) => schema === ProcessConfig || !isOfEveryProcess(name, schema))
    .map(([name, property]) => [`\`${name}\``, defaultOf(property, required.includes(name)), meaningOf(property)]);
  return [['name', 'default', 'meaning'], ['---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/** The same schema as there. One of its own, such as the launcher's optional secret, is told where it is read. */
function isOfEveryProcess(name: string, schema: z.ZodObject): boolean {
  const shared = (ProcessConfig.shape as Record<string, z.ZodType | undefined>)[name];
  return shared !== undefined && shared === schema.shape[name];
}

type Property = NonNullable<z.core.JSONSchema.BaseSchema['properties']>[string];

function defaultOf(property: Property, isRequired: boolean): string {
  if (isRequired) return 'required';
  const text = typeof property === 'boolean' ? undefined : property.default;
  return typeof text === 'string' && text !== '' ? `\`${text}\`` : '';
}

function meaningOf(property: Property): string {
  if (typeof property === 'boolean') return '';
  const { description = '', enum: values = [] } = property;
  // That a flag is true or false goes without saying.
  if (values.length === 0 || values.includes('true')) return description;
  return `${description} (${values.map((value) => `\`${String(value)}\``).join(', ')})`;
}
