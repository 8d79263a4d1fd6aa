// What tests fetch or build once for a machine (jars, programs) stands in `.cache/`, made by the first who needs it.
import { existsSync, mkdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const cacheFolder = fileURLToPath(new URL('../../.cache/', import.meta.url));
const askEveryMs = 250;
const touchEveryMs = 30_000;
/** A lock that nobody has touched for so long was left behind by one who was killed. */
const lockHeldMaxMs = 900_000;

/**
 * The folder `.cache/<name>`, filled by `make` when it is not there yet. Test files run side by side: one makes it, the others wait.
 * `name` should hold the version of what it is.
 */
export async function kept(
  name: string,
  make: (folder: string) => Promise<void>,
  cache: string = cacheFolder,
): Promise<string> {
  const folder = join(cache, name);
  const lock = `${folder}.lock`;
  mkdirSync(cache, { recursive: true });
  while (!existsSync(folder)) {
    if (!takeLock(lock)) {
      await sleep(askEveryMs);
      continue;
    }
    const unfinished = `${folder}.unfinished`;
    const unlock = () => rmSync(lock, { recursive: true, force: true });
    const touching = setInterval(() => utimesSync(lock, new Date(), new Date()), touchEveryMs);
    process.once('exit', unlock);
    try {
      if (existsSync(folder)) break;
      rmSync(unfinished, { recursive: true, force: true });
      mkdirSync(unfinished);
      await make(unfinished);
      renameSync(unfinished, folder);
    } finally {
      clearInterval(touching);
      process.off('exit', unlock);
      unlock();
    }
  }
  return folder;
}

function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const heldMs = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (heldMs > lockHeldMaxMs) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}
