import { readFileSync } from 'node:fs';

/** Refuses a Node that `engines` of package.json does not name: throws with a sentence for the person. */
export function refuseOldNode() {
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
  if (satisfies(process.versions.node, engines.node)) return;
  throw new Error(
    `Fechatter needs Node ${engines.node}; this is ${process.versions.node}. Install a newer one from https://nodejs.org and run the same command again.`,
  );
}

/** Whether a version lies in a range of the forms `^20.19 || ^22.12 || >=24`. */
function satisfies(version, range) {
  const [major, minor] = version.split('.').map(Number);
  return range.split('||').some((part) => {
    const [, operator, wantedMajor, wantedMinor = '0'] = /^\s*(\^|>=)(\d+)(?:\.(\d+))?\s*$/.exec(part) ?? [];
    if (operator === '^') return major === Number(wantedMajor) && minor >= Number(wantedMinor);
    return (
      operator === '>=' &&
      (major > Number(wantedMajor) || (major === Number(wantedMajor) && minor >= Number(wantedMinor)))
    );
  });
}
