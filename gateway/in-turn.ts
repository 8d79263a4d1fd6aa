// Lets those who read something and write it back wait for each other, so that none undoes what another has written in between.

export type InTurn = <T>(keys: readonly string[], act: () => Promise<T>) => Promise<T>;

/** What it answers runs `act` when all former acts on any of these keys have ended. */
export function oneAfterTheOther(): InTurn {
  const latest = new Map<string, Promise<unknown>>();
  return (keys, act) => {
    const before = new Set(keys.flatMap((key) => latest.get(key) ?? []));
    // Without anybody to wait for it begins at once.
    const done = before.size === 0 ? act() : Promise.allSettled(before).then(act);
    const ended = done
      .catch(() => undefined)
      .then(() => {
        for (const key of keys) if (latest.get(key) === ended) latest.delete(key);
      });
    for (const key of keys) latest.set(key, ended);
    return done;
  };
}
