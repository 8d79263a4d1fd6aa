// When and where people are drawn to what: on top of their tastes, the hour, the day of the week and the channel count.
import type { Department } from './assortment/department.ts';

interface Moment {
  readonly departments: readonly string[];
  /** How much more sought these departments are then. */
  readonly lift: number;
  readonly is: (hour: number, weekday: number, channel: string) => boolean;
}

/** Hours are UTC, weekdays count from Sunday. */
const moments: readonly Moment[] = [
  { departments: ['Books', 'Music'], lift: 2.2, is: (hour) => hour >= 18 },
  { departments: ['Grocery', 'Kitchen'], lift: 2.2, is: (hour) => hour >= 6 && hour < 12 },
  { departments: ['Garden', 'Outdoor'], lift: 1.8, is: (_, weekday) => weekday === 0 || weekday === 6 },
  { departments: ['Beauty', 'Electronics'], lift: 1.5, is: (_, __, channel) => channel === 'app' },
  { departments: ['Home', 'Toys'], lift: 1.5, is: (_, __, channel) => channel === 'web' },
];

/** 1 is usual. */
export function liftAt({ name }: Pick<Department, 'name'>, timeMs: number, channel: string): number {
  const time = new Date(timeMs);
  const [hour, weekday] = [time.getUTCHours(), time.getUTCDay()];
  return moments
    .filter(({ departments, is }) => departments.includes(name) && is(hour, weekday, channel))
    .reduce((product, { lift }) => product * lift, 1);
}
