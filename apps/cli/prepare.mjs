// Makes a clone ready to run: the right Node, the packages of the lock file, a build of the sources as they are.
import { build, isBuilt } from './launcher/build.mjs';
import { install, isInstalled } from './launcher/install.mjs';
import { refuseOldNode } from './launcher/node-version.mjs';
import { root } from './launcher/root.mjs';
import { inTurn } from './launcher/turn.mjs';

/**
 * Installs and builds what is missing or out of date, and makes the repository's folder the working directory. Takes a
 * few milliseconds when there is nothing to do. When it cannot, it says why and ends the process.
 */
export async function prepare() {
  try {
    process.chdir(root);
    refuseOldNode();
    if (isInstalled() && isBuilt()) return;
    // Whoever waited for another start finds the work done.
    await inTurn(async () => {
      if (!isInstalled()) await install();
      if (!isBuilt()) await build();
    });
  } catch (error) {
    process.stderr.write(`\n${error.message}\n\n`);
    process.exit(1);
  }
}
