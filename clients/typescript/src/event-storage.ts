// Where tracked events wait on the device while they are on their way: what was kept there is sent when the program starts again.

/** Answers at once, so that an event is safe before `track` returns. What it throws is passed over: then the event waits in memory only. */
export interface EventStorage {
  /** Keeps an event, as text, until it is forgotten. */
  keep(id: string, text: string): void;
  forget(id: string): void;
  /** All that are kept, oldest first. */
  kept(): Iterable<string>;
}

/** What `localStorage` has, or anything like it. */
export interface TextStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, text: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps events in `localStorage`: `tracking: { storage: eventsIn(localStorage) }`. Tabs may share it: what two of them send counts once,
 * as an event keeps its id.
 */
export function eventsIn(texts: TextStorage, prefix = 'freshet.event.'): EventStorage {
  const entries = () =>
    Array.from({ length: texts.length }, (_, index) => texts.key(index) ?? '')
      .filter((key) => key.startsWith(prefix))
      .flatMap((key) => entryOf(texts.getItem(key)));
  let last = entries().reduce((latest, { place }) => Math.max(latest, place), 0);
  return {
    keep: (id, text) => texts.setItem(prefix + id, `${(last += 1)} ${text}`),
    forget: (id) => texts.removeItem(prefix + id),
    kept: () =>
      entries()
        .sort((one, other) => one.place - other.place)
        .map(({ text }) => text),
  };
}

/** None for what others have written there. */
function entryOf(value: string | null): { place: number; text: string }[] {
  const [, place, text] = /^(\d{1,15}) (.*)$/s.exec(value ?? '') ?? [];
  return place === undefined || text === undefined ? [] : [{ place: Number(place), text }];
}
