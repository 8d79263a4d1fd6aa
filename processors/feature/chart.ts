// The processor `chart`: sends each list's hottest items of this partition to the stage that merges them, once per list and batch.
import { processor, type Event } from '../../streams/index.ts';
import type { RankingPart } from '../../schemas/types.ts';
import * as topics from '../../schemas/topics.ts';

export const chart = processor({
  name: 'chart',
  reads: { listHeads: topics.listHeads },
  conflates: ['listHeads'],
  writes: { rankingParts: topics.rankingParts },
  on: {
    listHeads(event: Event<RankingPart>, { out }) {
      out.rankingParts.send(event.key, event.value);
    },
  },
});
