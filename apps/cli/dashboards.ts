import { writeFile } from 'node:fs/promises';
import { dashboardFiles } from './dashboards/files.js';

/** Writes the dashboards that are committed, so that a reviewer sees them change. */
for (const [path, text] of dashboardFiles()) await writeFile(path, `${text}\n`);
