// A processor of one's own: at which hour of the day does each customer usually shop? docs/tutorial.md writes it step by step.
import { interactions } from '../../schemas/topics.ts';
import { jsonCodec, processor, stage, table, topic } from '../../streams/index.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

export interface Habit {
  /** Interactions by hour of the day in UTC: 24 numbers. */
  hours: number[];
  /** The hour with the most interactions; of several alike, the earliest. */
  favourite: number;
}

/** By customer_id. Forgotten when the customer has stayed away for half a year. */
export const habits = table<Habit>({ name: 'habits', codec: jsonCodec(), expireAfterMs: 180 * DAY_MS });

/** By customer_id: the favourite hour, whenever it changes. */
export const favouriteHours = topic<{ hour: number }>({
  name: 'favourite-hours',
  codec: jsonCodec(),
  cleanup: 'compact',
});

export const habit = processor({
  name: 'habit',
  reads: { interactions },
  keeps: { habits },
  writes: { favouriteHours },
  on: {
    interactions(event, { tables, out }) {
      const known = tables.habits.get(event.key);
      const next = counted(known, hourOf(event.timeMs));
      tables.habits.set(event.key, next);
      if (next.favourite !== known?.favourite) out.favouriteHours.send(event.key, { hour: next.favourite });
    },
  },
});

export const habitStage = stage('habits', [habit]);

function counted(habit: Habit | undefined, hour: number): Habit {
  const hours = habit?.hours.slice() ?? Array.from({ length: 24 }, () => 0);
  hours[hour] = (hours[hour] ?? 0) + 1;
  return { hours, favourite: hours.indexOf(Math.max(...hours)) };
}

function hourOf(timeMs: number): number {
  return Math.floor((timeMs % DAY_MS) / HOUR_MS);
}
