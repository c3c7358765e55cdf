import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { configurationPage, pagePath } from './page.js';

/** Without what prettier adds to align tables. */
function plain(page: string): string {
  return page.replaceAll(/ +\|/g, ' |').replaceAll(/-{3,}/g, '---');
}

it('is the page that is committed: after a wanted change run `npm run config`', () => {
  expect(plain(readFileSync(pagePath, 'utf8'))).toBe(plain(configurationPage()));
});

it('names every variable once where it is read, with its default and what it is for', () => {
  const page = configurationPage();
  expect(page).toContain('| `PORT` | `8080` | port of HTTP and WebSocket; 0 chooses a free one |');
  expect(page).toContain('| `FECHATTER_BUS_SECRET` | required | ');
  expect(page.match(/^\| `NODE_ENV` /gm)).toHaveLength(1);
  expect(page.match(/^\| `DATABASE_URL` \| required /gm)).toHaveLength(4);
  expect(page).not.toMatch(/^\| `[A-Z_]+` \| [^|]*\| +\|$/m);
});
