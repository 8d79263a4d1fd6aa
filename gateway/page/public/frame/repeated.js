// Something that is asked again and again while it is looked at: one question at a time, none while the tab is hidden or the
// server can't be asked. A server that refuses would be asked in vain each second, and would say so on the console each time.

let reachable = false;
/** What is asked for now, so that it goes on at once when the server is back. */
const going = new Set();

/** Said by the live stream, which tries again by itself. */
export function setReachable(isReachable) {
  if (isReachable === reachable) return;
  reachable = isReachable;
  if (reachable) for (const each of going) each.start();
}

export function isReachable() {
  return reachable;
}

/**
 * @param {() => Promise<void>} ask
 * @param {number} everyMs
 * @param {(error: unknown) => void} failed  the next round asks again
 */
export function repeated(ask, everyMs, failed = () => {}) {
  let timer = null;
  let round = 0;
  const next = async (own) => {
    if (reachable && !document.hidden) await ask().catch(failed);
    if (own === round) timer = setTimeout(() => next(own), everyMs);
  };
  const halt = () => {
    round += 1;
    clearTimeout(timer);
  };
  const self = {
    stop: () => {
      halt();
      going.delete(self);
    },
    start: () => {
      halt();
      going.add(self);
      void next(round);
    },
  };
  return self;
}
