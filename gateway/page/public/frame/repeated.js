// Something that is asked again and again while it is looked at: one question at a time, none while the tab is hidden.

/**
 * @param {() => Promise<void>} ask
 * @param {number} everyMs
 * @param {(error: unknown) => void} failed  the next round asks again
 */
export function repeated(ask, everyMs, failed = () => {}) {
  let timer = null;
  let round = 0;
  const next = async (own) => {
    if (!document.hidden) await ask().catch(failed);
    if (own === round) timer = setTimeout(() => next(own), everyMs);
  };
  const stop = () => {
    round += 1;
    clearTimeout(timer);
  };
  return {
    stop,
    start: () => {
      stop();
      void next(round);
    },
  };
}
