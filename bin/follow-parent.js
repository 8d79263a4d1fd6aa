// Stops this process when the one that started it is gone: without this, `kill -9` on npm or on the launcher would
// leave Freshet running with nobody to stop it. It asks by SIGTERM, so the program's own orderly stop is what runs.
// Loaded with `node --import`, which Node repeats in worker threads: only the main one acts.
import { isMainThread } from 'node:worker_threads';

const checkMs = 500;
const parent = process.ppid;

if (isMainThread) {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, checkMs);
  timer.unref();
}
