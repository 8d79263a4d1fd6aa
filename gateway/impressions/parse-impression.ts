// What an impression may say, and how one JSON object becomes one.
import { randomUUID } from 'node:crypto';
import type { Settings } from '../../config/settings.ts';
import type { Impression } from '../../schemas/types.ts';
import { parse, type Parsed } from '../contract/bodies.ts';
import { named } from '../contract/json-schema.ts';
import { about, id, number, oneOf, pointerTo, refuse, time, word, type Kind } from '../contract/kinds.ts';
import { object, optional, required, type ValuesIn } from '../contract/object-kind.ts';
import { contentId } from '../events/content-id.ts';
import { correctedTime, timeProblem } from '../events/event-time.ts';

const itemsMax = 100;
const rank = number({ min: 1, max: 10_000, whole: true });

const shownItem = object({
  item_id: required(id),
  rank: optional(about('Its place in the list. Left out: its place among these items.', rank)),
  algorithm: optional(word),
  propensity: optional(about('Probability with which it was chosen for this place.', number({ min: 0, max: 1 }))),
});
type ShownItem = ValuesIn<typeof shownItem>;

const shownItems: Kind<ShownItem[]> = {
  schema: { type: 'array', minItems: 1, maxItems: itemsMax, items: shownItem.schema },
  read: (value, name, place) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > itemsMax)
      return refuse(place, name, `must be a list of 1 to ${itemsMax} items.`);
    const pointer = pointerTo(place, name);
    const read = value.map((entry: unknown, index) =>
      shownItem.read(entry ?? '', String(index), { pointer, wrong: place.wrong }),
    );
    return read.every((item) => item !== undefined) ? read : undefined;
  },
};

const told = object({
  customer_id: required(id),
  items: required(about('What was shown, in its order.', shownItems)),
  kind: optional(
    about('`seen`: it was on the screen. `served`: it was sent to be shown.', oneOf('served', 'seen')),
    'seen',
  ),
  impression_id: optional(
    about(
      'Yours, to recognise a repeat. Left out: computed from the content if there is a `timestamp`, else random.',
      id,
    ),
  ),
  timestamp: optional(about('When it was shown. Left out: now.', time)),
  sent_at: optional(about('What the device’s clock shows now: corrects the timestamp.', time)),
  recommendation_id: optional(about('Of the list that the items come from.', id)),
  placement: optional(about('Such as `home`, `cart`, `newsletter`.', word)),
  channel: optional(word),
  session_id: optional(id),
  anonymous_id: optional(id),
  campaign_id: optional(id),
  experiment: optional(word),
  variant: optional(about('Of the experiment.', word)),
});
type Told = ValuesIn<typeof told>;

export const impressionSchema = named('Impression', told.schema);

/** `pointer` leads to the object in the request: '' or `/impressions/3`. */
export function parseImpression(raw: unknown, pointer: string, nowMs: number, settings: Settings): Parsed<Impression> {
  const parsed = parse(told, raw, pointer);
  if (!parsed.ok) return parsed;
  const { timestamp: declared, sent_at } = parsed.value;
  const timestamp = declared === null ? nowMs : correctedTime(declared, sent_at, nowMs);
  const problem = timeProblem(timestamp, nowMs, false, settings);
  if (problem !== undefined) return { ok: false, errors: [{ pointer: `${pointer}/timestamp`, detail: problem }] };
  return { ...parsed, value: asImpression(parsed.value, timestamp, nowMs) };
}

function asImpression(said: Told, timestamp: number, nowMs: number): Impression {
  return {
    impression_id: said.impression_id ?? (said.timestamp === null ? randomUUID() : derivedId(said)),
    customer_id: said.customer_id,
    timestamp,
    received_at: nowMs,
    kind: said.kind,
    recommendation_id: said.recommendation_id,
    placement: said.placement,
    channel: said.channel,
    session_id: said.session_id,
    anonymous_id: said.anonymous_id,
    campaign_id: said.campaign_id,
    experiment: said.experiment,
    variant: said.variant,
    items: said.items.map((item, index) => ({ ...item, rank: item.rank ?? index + 1 })),
  };
}

/** The same impression with its own timestamp always gets the same id, so that it may be sent again. */
function derivedId({ customer_id, timestamp, kind, placement, session_id, recommendation_id, items }: Told): string {
  const shown = items.map(({ item_id, rank: place }) => [item_id, place]);
  return contentId([customer_id, timestamp, kind, placement, session_id, recommendation_id, shown]);
}
