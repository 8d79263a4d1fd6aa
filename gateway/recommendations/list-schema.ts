// A list of recommendations as it is answered, for the document.
import { position, positionReached } from '../contract/common.ts';
import { named, nullable } from '../contract/json-schema.ts';
import * as shown from '../contract/shown.ts';
import { fallbackReasons } from './candidates.ts';

const cause = shown.shape({
  interaction_id: nullable(shown.text()),
  item_id: shown.text(),
  title: nullable(shown.text()),
  event_type: nullable(shown.text()),
  timestamp: nullable(shown.time()),
});

const reason = named(
  'Reason',
  shown.shape(
    {
      text: shown.text('In words, to be shown.'),
      algorithm: shown.text(),
      interaction_ids: shown.list(shown.text(), 'What the customer did that led to the item.'),
    },
    { interactions: shown.list(cause, 'With `explain=full`.') },
  ),
);

const item = named(
  'RecommendedItem',
  shown.shape(
    {
      item_id: shown.text(),
      title: nullable(shown.text('null when the catalogue does not know the item.')),
      score: shown.number(
        'Compares items of this answer only and never rises. Of items that fill up the list only the order means something.',
      ),
      rank: shown.whole('From 1.'),
      algorithm: shown.text(
        '`session_knn`, `co_visitation`, `bought_together`, `tastes`, `content`, `repeat`, `affinity`, `popular`, `trending` or `exploration`.',
      ),
      propensity: shown.number(
        'How probable it was that the list has this item here, given those above it. Below 1 where some places are left to chance, so that new items become known.',
      ),
    },
    { reasons: shown.list(reason, 'Left out with `explain=none`.') },
  ),
);

export const listSchema = named(
  'RecommendationList',
  shown.shape(
    {
      recommendation_id: shown.text('Names the list: send it with the interactions that follow from it.'),
      customer_id: nullable(shown.text()),
      segment: nullable(shown.text()),
      experiment: { description: 'null: there are no experiments yet.', type: 'null' },
      variant: { description: 'null: there are no experiments yet.', type: 'null' },
      as_of: shown.time('Of the event that made the list.'),
      position: nullable({ anyOf: [position], description: 'Up to which interaction the list was computed.' }),
      model: shown.text(),
      fallback: shown.shape({
        used: shown.flag('Whether it is not what was asked for, but what others like.'),
        why: { type: ['string', 'null'], enum: [...fallbackReasons, null] },
      }),
      items: shown.list(item),
    },
    {
      placement: shown.text('As asked for.'),
      context: shown.mapOf(shown.text(), 'As asked for.'),
      position_reached: positionReached,
    },
  ),
);

export const itemOfSession = {
  item_id: 'kitchen-baking-02',
  title: 'Casa Lumbre Everyday Proofing Basket',
  score: 1,
  rank: 1,
  algorithm: 'co_visitation',
  propensity: 1,
  reasons: [
    {
      text: 'You looked at Casa Lumbre Classic Springform: others who did so looked at this too.',
      algorithm: 'co_visitation',
      interaction_ids: [],
    },
  ],
};

export const listExample = {
  recommendation_id: 'f-44f193f9-eb88-40e9-a59d-45410e8321cd',
  customer_id: 'visitor',
  segment: null,
  experiment: null,
  variant: null,
  as_of: '2026-11-22T20:45:06.824Z',
  position: null,
  model: 'session',
  fallback: { used: true, why: 'unknown_customer' },
  items: [itemOfSession],
};
