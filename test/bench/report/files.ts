import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFormatted } from '../../../apps/cli/written-file.js';
import { catalogue } from '../catalogue.js';
import type { Result } from '../run.js';
import { resultsFolder } from '../subject.js';
import { conditions, htmlReport } from './html.js';
import { picture } from './picture.js';
import { headlineSection, readmeSection, withSection } from './readme.js';

const dashboardPicture = 'deploy/monitoring/operator.svg';

/**
 * Keeps a result in place of the last one of its bench and topology, and makes the page of all that are kept. Short runs
 * are kept apart. The dashboard is drawn for its README too. Answers where the page is.
 */
export function keep(result: Result): string {
  const folder = folderOf(result.quick);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${result.bench}-${result.topology}.json`), JSON.stringify(result, undefined, 1));
  if (result.bench === 'dashboard')
    writeFileSync(result.quick ? join(folder, 'operator.svg') : dashboardPicture, pictureOf(result));
  const page = join(folder, 'report.html');
  writeFileSync(page, htmlReport(kept(result.quick)));
  return page;
}

/** Brings the page and the sections of the READMEs up to date with the results that are kept. Answers how many they are. */
export async function writeReport(): Promise<number> {
  const results = kept(false);
  if (results.length === 0) return 0;
  writeFileSync(join(folderOf(false), 'report.html'), htmlReport(results));
  for (const [readme, section] of [
    ['README.md', headlineSection(results)],
    ['test/bench/README.md', readmeSection(results)],
  ] as const)
    await writeFormatted(readme, withSection(readFileSync(readme, 'utf8'), section));
  return results.length;
}

function pictureOf(result: Result): string {
  const notes = [...(result.notes ?? []), ...conditions(result)];
  return picture("The operator's dashboard under load", result.plots ?? [], notes);
}

/** In the order of the catalogue. */
function kept(quick: boolean): Result[] {
  const files = readdirSync(folderOf(quick)).filter((name) => name.endsWith('.json'));
  const results = files.map((name) => JSON.parse(readFileSync(join(folderOf(quick), name), 'utf8')) as Result);
  const order = ({ bench, topology }: Result) =>
    catalogue.findIndex(({ name }) => name === bench) * 2 + (topology === 'standalone' ? 0 : 1);
  return results.sort((a, b) => order(a) - order(b));
}

function folderOf(quick: boolean): string {
  return quick ? join(resultsFolder, 'quick') : resultsFolder;
}
