// How much more, or less, a category is sought in some circumstance than usual: at an hour of the day, on a day of the week, through a
// channel, in a place. Contextual pre-filtering made smooth (Adomavicius and Tuzhilin, "Context-Aware Recommender Systems", 2011): instead of one model
// for each circumstance, every circumstance shifts the one model, and several of them together.

/** By circumstance (`hour:18`, `weekday:6`, `channel:app`, `location:Lyon`), then by category: how many times as sought as usual. */
export type ContextLifts = Readonly<Record<string, Readonly<Record<string, number>>>>;

const HOURS_TOGETHER = 3;
/** A category is never moved further than this, either way. */
const LIFT_MAX = 2.5;

export interface Circumstances {
  readonly timeMs: number;
  readonly channel: string | null;
  /** Where the customer lives, if that was said. */
  readonly location: string | null;
}

/** UTC, as the lifts are learnt by the same clock. */
export function circumstancesOf({ timeMs, channel, location }: Circumstances): string[] {
  const time = new Date(timeMs);
  const hour = Math.floor(time.getUTCHours() / HOURS_TOGETHER) * HOURS_TOGETHER;
  const named = [`hour:${hour}`, `weekday:${time.getUTCDay()}`];
  if (channel !== null) named.push(`channel:${channel}`);
  if (location !== null) named.push(`location:${location}`);
  return named;
}

/** Of a category in all of these together; 1 where nothing is known. */
export function liftIn(lifts: ContextLifts, circumstances: readonly string[], category: string): number {
  let product = 1;
  for (const circumstance of circumstances) {
    const ofCategory = Object.hasOwn(lifts, circumstance) ? lifts[circumstance] : undefined;
    if (ofCategory !== undefined && Object.hasOwn(ofCategory, category)) product *= ofCategory[category] ?? 1;
  }
  return Math.min(LIFT_MAX, Math.max(1 / LIFT_MAX, product));
}
