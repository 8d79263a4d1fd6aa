// A customer as the document shows them: what `describe-customer.ts` answers.
import { positionReached } from '../contract/common.ts';
import { named, nullable } from '../contract/json-schema.ts';
import * as shown from '../contract/shown.ts';

const interest = shown.shape({ name: shown.text(), share: shown.number('Of all interest, from 0 to 1.') });

const segmentDetails = shown.shape({
  since: nullable(shown.time()),
  previous: nullable(shown.text()),
  set_by_hand: shown.flag(),
  recency_days: nullable(shown.number('Days since the last purchase.')),
  frequency: shown.number('Orders.'),
  monetary: shown.number('What they were worth.'),
});

const recent = shown.shape({
  interaction_id: nullable(shown.text()),
  item_id: nullable(shown.text()),
  title: nullable(shown.text()),
  event_type: shown.text(),
  timestamp: nullable(shown.time()),
  value: nullable(shown.number()),
});

export const customerSchema = named(
  'Customer',
  shown.shape(
    {
      customer_id: shown.text(),
      age: nullable(shown.whole()),
      gender: nullable(shown.text()),
      location: nullable(shown.text()),
      segment: nullable(shown.text('Set by hand, or computed: New, Standard, Premium or VIP.')),
      preferences: shown.mapOf(shown.text()),
      lifetime_value: shown.number('What all purchases were worth, less refunds.'),
      last_activity: nullable(shown.time()),
      language: nullable(shown.text()),
      consent: shown.flag(),
      first_seen: nullable(shown.time()),
      orders: shown.number(),
      items_bought: shown.number(),
      sessions: shown.number(),
      events: shown.mapOf(shown.number(), 'How many of each type.'),
      channels: shown.mapOf(shown.number(), 'How many through each.'),
      categories: shown.list(interest, 'The strongest interests first.'),
      brands: shown.list(interest, 'The strongest interests first.'),
      segment_details: nullable(segmentDetails),
      anonymous_ids: shown.list(
        shown.text(),
        'Visitors who turned out to be this customer: what they did is part of this.',
      ),
      belongs_to: nullable(
        shown.text('The customer that this visitor turned out to be: what it does counts as that customer’s.'),
      ),
      recent: shown.list(recent, 'The latest interactions, latest first.'),
    },
    { position_reached: positionReached },
  ),
);

export const customerExample = {
  customer_id: 'bert',
  age: 41,
  gender: null,
  location: null,
  segment: 'Friends',
  preferences: {},
  lifetime_value: 0,
  last_activity: null,
  language: null,
  consent: true,
  first_seen: null,
  orders: 0,
  items_bought: 0,
  sessions: 0,
  events: {},
  channels: {},
  categories: [],
  brands: [],
  segment_details: {
    since: '2026-11-22T20:49:31.245Z',
    previous: null,
    set_by_hand: true,
    recency_days: 0,
    frequency: 0,
    monetary: 0,
  },
  anonymous_ids: [],
  belongs_to: null,
  recent: [],
};
