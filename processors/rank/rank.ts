// The processor `rank`: keeps the lists of popular and trending items, merged from all partitions of the items.
import type { ItemIndex } from '../../models/item-index.ts';
import { processor, type Event } from '../../streams/index.ts';
import type { RankingPart } from '../../schemas/types.ts';
import * as topics from '../../schemas/topics.ts';
import { catalogue } from '../lookups/catalogue.ts';
import { mergeParts, type Standing } from './merge-parts.ts';

export const rank = processor({
  name: 'rank',
  reads: { rankingParts: topics.rankingParts },
  keeps: { listParts: topics.listParts, rankings: topics.rankings },
  looksUp: { catalogue },
  on: {
    rankingParts(event: Event<RankingPart>, { tables: { listParts, rankings }, lookups }) {
      const part = event.value;
      if (part === null) return; // a list goes part by part: each says so with no entries
      const list = event.key;
      const before = rankings.get(list)?.parts ?? [];
      const isGone = part.entries.length === 0;
      if (isGone) listParts.delete(partKey(list, part.part));
      else listParts.set(partKey(list, part.part), part);

      const numbers = isGone ? before.filter((number) => number !== part.part) : withNumber(before, part.part);
      if (numbers.length === 0) return rankings.delete(list);
      const parts = numbers.flatMap((number) => listParts.get(partKey(list, number)) ?? []);
      const updated_at = Math.max(...parts.map((each) => each.updated_at));
      const standingOf = standings(lookups.catalogue, updated_at);
      rankings.set(list, { list, updated_at, parts: numbers, items: mergeParts(list, parts, updated_at, standingOf) });
    },
  },
});

/** Without a catalogue all is offered; with one, what it does not describe is not. */
function standings(items: ItemIndex, atMs: number): (itemId: string) => Standing {
  if (items.described === 0) return () => 'offered';
  return (itemId) => {
    const id = items.idOf(itemId);
    if (!items.isDescribed(id)) return 'unknown';
    return items.isAvailable(id, atMs) ? 'offered' : 'withheld';
  };
}

function partKey(list: string, part: number): string {
  return `${list}#${part}`;
}

function withNumber(numbers: readonly number[], number: number): number[] {
  return numbers.includes(number) ? [...numbers] : [...numbers, number].sort((a, b) => a - b);
}
