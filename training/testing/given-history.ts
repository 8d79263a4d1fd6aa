// Histories for tests: customers of a few tastes, who come upon new things of their taste as time goes on.
import type { Interaction, Item } from '../../schemas/types.ts';
import { interaction, item } from '../../processors/testing/given.ts';
import { HistoryCollector, type History } from '../history.ts';

const DAY_MS = 86_400_000;
export const BEGIN_MS = Date.UTC(2026, 0, 1);

export interface GroupsGiven {
  readonly groups: readonly string[];
  readonly itemsPerGroup: number;
  readonly customers: number;
  readonly days: number;
}

/** Each customer likes one group and has one thing of it a day, at random by `random`. */
export function tasteHistory(
  { groups, itemsPerGroup, customers, days }: GroupsGiven,
  random: () => number,
): Interaction[] {
  return Array.from({ length: customers }, (_, customer) =>
    Array.from({ length: days }, (__, day) => {
      const group = groups[customer % groups.length];
      const atMs = BEGIN_MS + day * DAY_MS + customer * 1_000;
      const itemId = `${group}-${Math.floor(random() * itemsPerGroup)}`;
      return interaction('view', itemId, atMs, { customer_id: `customer-${customer}` });
    }),
  ).flat();
}

export function groupItems({ groups, itemsPerGroup }: GroupsGiven): Map<string, Item> {
  const all = groups.flatMap((group) =>
    Array.from({ length: itemsPerGroup }, (_, at) =>
      item(`${group}-${at}`, { title: `${group} ${at}`, categories: [group] }),
    ),
  );
  return new Map(all.map((one) => [one.item_id, one]));
}

export function historyOf(interactions: readonly Interaction[]): History {
  const collector = new HistoryCollector();
  for (const one of interactions) collector.interaction(one);
  return collector.collect();
}
