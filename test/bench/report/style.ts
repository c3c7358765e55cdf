/** So many series have colours of their own. */
export const seriesColours = 10;

/** Colours in light and dark. Those of series can be told apart by people who see few colours. */
export const palette = `
:root { color-scheme: light dark; --paper: #fdfdfc; --ink: #1c1e21; --soft: #667079; --line: #e2e4e6; --pass: #14794a; --missed: #b3261e;
  --c0: #0b6bcb; --c1: #d9730d; --c2: #2a9d6f; --c3: #8e44ad; --c4: #c2185b; --c5: #7a8a00; --c6: #00838f; --c7: #6d4c41; --c8: #5c6bc0; --c9: #455a64; }
@media (prefers-color-scheme: dark) { :root { --paper: #17191c; --ink: #e6e8ea; --soft: #9aa4ad; --line: #30353a; --pass: #5ac78f; --missed: #ff8a80;
  --c0: #5aa9f8; --c1: #f2a154; --c2: #5fd0a4; --c3: #c39bd3; --c4: #f48fb1; --c5: #cdd35a; --c6: #4dd0e1; --c7: #bcaaa4; --c8: #9fa8da; --c9: #b0bec5; } }
`;

/** Lines, axes and dots of a plot. */
export const plotStyle = `
svg text { fill: var(--soft); font-size: 12px; } svg text.x, svg text.axis { text-anchor: middle; } svg text.y { text-anchor: end; }
svg line { stroke: var(--line); } svg path { fill: none; stroke-width: 2; stroke-linejoin: round; }
${series((at) => `.s${at} path { stroke: var(--c${at}); } .s${at} circle { fill: var(--c${at}); }`)}
`;

/** The look of reports. */
export const style = `
${palette}* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1360px; padding: 24px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 26px; } h2 { margin: 0 0 4px; font-size: 20px; }
header p { margin: 4px 0; font-weight: 600; } .quick { color: var(--soft); font-weight: 400; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 12px 0; } a { color: var(--c0); }
section { border-top: 1px solid var(--line); padding: 24px 0; }
.conditions, .note { color: var(--soft); font-size: 13px; margin: 0 0 12px; } .note { margin: 12px 0 0; max-width: 100ch; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border-bottom: 1px solid var(--line); padding: 5px 14px 5px 0; text-align: right; white-space: nowrap; }
th { color: var(--soft); font-size: 13px; font-weight: 500; }
th:first-child, td:first-child, th:nth-child(6), td:nth-child(6) { text-align: left; }
td:nth-child(6) { font-weight: 700; } .pass, tr.pass td:nth-child(6) { color: var(--pass); } tr.pass { color: inherit; }
p.missed, tr.missed td:nth-child(6) { color: var(--missed); }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 560px), 1fr)); gap: 24px; margin-top: 20px; }
figure { margin: 0; } figcaption { font-weight: 600; } svg { width: 100%; height: auto; display: block; }
${plotStyle}.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; list-style: none; margin: 2px 0 4px; padding: 0; font-size: 13px; color: var(--soft); }
.legend li::before { content: ''; display: inline-block; width: 14px; height: 3px; margin-right: 6px; vertical-align: middle; background: currentColor; }
${series((at) => `.legend .s${at}::before { background: var(--c${at}); }`)}
`;

function series(rule: (at: number) => string): string {
  return Array.from({ length: seriesColours }, (_, at) => rule(at)).join('\n');
}
