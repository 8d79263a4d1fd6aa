// Stops this process when the one that started it is gone: without this, `kill -9` on npm or on the launcher would
// leave Freshet running with nobody to stop it. It asks by SIGTERM, so the program's own orderly stop is what runs.
const checkMs = 500;
const parent = process.ppid;

export function followParent() {
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, checkMs);
  timer.unref();
}
