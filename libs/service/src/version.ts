import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The version of package.json, found from the sources as well as from dist. */
export const version: string = readVersion();

function readVersion(): string {
  const require = createRequire(import.meta.url);
  for (const path of ['../../../package.json', '../../../../package.json']) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(require.resolve(path), 'utf8')) as Record<
        string,
        string
      >;
      if (name === 'fechatter' && found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')) throw error;
    }
  }
  throw new Error('package.json of fechatter is not where it should be');
}
