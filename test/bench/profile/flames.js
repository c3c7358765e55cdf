/* global document */
// Runs in the browser, inside the page (page.ts): draws the flame graph of the tree in #tree. The lowest bar is all
// time; what a function called stands above it. A node is [title, origin, total, children].
const rowHeight = 20;
const narrowest = 0.0005;
const all = JSON.parse(document.getElementById('tree').textContent);
const graph = document.getElementById('flames');
const find = document.getElementById('find');
const found = document.getElementById('found');
let focus = [all];

function colourOf(origin) {
  if (origin.startsWith('apps/') || origin.startsWith('libs/')) return '#7fb8f0';
  if (origin === 'garbage collection') return '#f08a8a';
  if (origin.startsWith('node:') || origin === 'native') return '#c9ced3';
  return '#f0b46e';
}

function depthOf([, , , children]) {
  return 1 + Math.max(0, ...children.map(depthOf));
}

function matches([title, origin]) {
  return find.value !== '' && `${title} ${origin}`.toLowerCase().includes(find.value.toLowerCase());
}

/** How much of a node's time lies in or under what is looked for. */
function matchedIn(node) {
  return matches(node) ? node[2] : node[3].reduce((sum, child) => sum + matchedIn(child), 0);
}

function addBar(node, left, width, top, path) {
  const [title, origin, total] = node;
  const bar = document.createElement('div');
  bar.textContent = title;
  bar.title = `${title}\n${origin}\n${total} ms, ${((total / all[2]) * 100).toFixed(1)} %`;
  bar.style.cssText = `left:${left * 100}%;width:calc(${width * 100}% - 1px);top:${top}px;background:${colourOf(origin)}`;
  if (find.value !== '' && !matches(node)) bar.className = 'dim';
  bar.onclick = () => {
    focus = path;
    draw();
  };
  graph.append(bar);
}

function addBranch(node, left, width, top, path) {
  if (width < narrowest) return;
  addBar(node, left, width, top, path);
  let at = left;
  for (const child of node[3]) {
    const share = width * (child[2] / node[2]);
    addBranch(child, at, share, top - rowHeight, [...path, child]);
    at += share;
  }
}

function draw() {
  const node = focus[focus.length - 1];
  const height = (depthOf(node) + focus.length - 1) * rowHeight;
  graph.replaceChildren();
  graph.style.height = `${height}px`;
  const topOf = (level) => height - (level + 1) * rowHeight;
  for (let level = 0; level < focus.length - 1; level++) {
    addBar(focus[level], 0, 1, topOf(level), focus.slice(0, level + 1));
  }
  addBranch(node, 0, 1, topOf(focus.length - 1), focus);
  found.textContent = find.value === '' ? '' : `${((matchedIn(all) / all[2]) * 100).toFixed(1)} % of all`;
}

find.oninput = draw;
draw();
