// The processor `rank`: keeps the lists of popular and trending items, merged from all partitions of the items.
import { processor, type Event } from '../../streams/index.ts';
import type { RankingPart } from '../../schemas/types.ts';
import * as topics from '../../schemas/topics.ts';
import { catalogue } from '../lookups/catalogue.ts';
import { mergeParts } from './merge-parts.ts';

export const rank = processor({
  name: 'rank',
  reads: { rankingParts: topics.rankingParts },
  keeps: { listParts: topics.listParts, rankings: topics.rankings },
  looksUp: { catalogue },
  on: {
    rankingParts(event: Event<RankingPart>, { tables: { listParts, rankings }, lookups }) {
      const part = event.value;
      if (part === null) return; // parts only ever grow
      const list = event.key;
      listParts.set(partKey(list, part.part), part);

      const numbers = withNumber(rankings.get(list)?.parts ?? [], part.part);
      const parts = numbers.flatMap((number) => listParts.get(partKey(list, number)) ?? []);
      const updated_at = Math.max(...parts.map((each) => each.updated_at));
      const isOffered = (itemId: string) => {
        // Without a catalogue all is offered; with one, what it does not describe is not.
        const { described } = lookups.catalogue;
        return described === 0 || lookups.catalogue.isAvailable(lookups.catalogue.idOf(itemId), updated_at);
      };
      rankings.set(list, { list, updated_at, parts: numbers, items: mergeParts(list, parts, updated_at, isOffered) });
    },
  },
});

function partKey(list: string, part: number): string {
  return `${list}#${part}`;
}

function withNumber(numbers: readonly number[], number: number): number[] {
  return numbers.includes(number) ? [...numbers] : [...numbers, number].sort((a, b) => a - b);
}
