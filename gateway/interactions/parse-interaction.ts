// What an interaction may say, and how one JSON object becomes one.
import { randomUUID } from 'node:crypto';
import { needsItem } from '../../schemas/event-types.ts';
import type { Settings } from '../../config/settings.ts';
import type { Interaction } from '../../schemas/types.ts';
import { parse, type Parsed } from '../contract/bodies.ts';
import { named } from '../contract/json-schema.ts';
import { about, flag, id, number, refined, refuse, textMap, time, word, type Kind } from '../contract/kinds.ts';
import { object, optional, required, type ObjectKind, type ValuesIn } from '../contract/object-kind.ts';
import { contentId } from '../events/content-id.ts';
import { correctedTime, timeProblem } from '../events/event-time.ts';

export interface ParseContext {
  /** When the request came. */
  readonly nowMs: number;
  /** Only an administrator may bring events that are never too late. */
  readonly mayBackfill: boolean;
  /** What the sender's clock showed, for events that do not say so themselves. */
  readonly sentAtMs: number | null;
  /** Of a request that may be sent again. */
  readonly requestKey: string | null;
  readonly settings: Pick<Settings, 'eventLateMsMax' | 'eventFutureMsMax'>;
}

const moneyMax = 1e12;

/** Lower case: `Purchase` means `purchase`, and would otherwise count as something of its own. */
const eventType: Kind<string> = {
  schema: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_.:-]{0,63}$' },
  read: (value, name, place) => {
    const given = id.read(value, name, place)?.toLowerCase();
    if (given === undefined || /^[a-z][a-z0-9_.:-]{0,63}$/.test(given)) return given;
    const detail = 'must be a name such as add_to_cart: a letter, then letters, digits, _ . : or -, at most 64.';
    return refuse(place, name, detail);
  },
};

const currency = refined(word, { pattern: '^[A-Za-z]{3}$' }, (given) =>
  /^[A-Za-z]{3}$/.test(given) ? undefined : 'must be three letters, such as EUR.',
);

const backfill = about('For events from the past, which are never too late. Needs the scope `admin`.', flag);
const noBackfill = refined(backfill, {}, (wanted) => (wanted ? 'needs a key with the scope admin.' : undefined));

function interactionOf(mayBackfill: Kind<boolean>) {
  return object(
    {
      customer_id: required(id),
      event_type: required(
        about(
          'Such as `view`, `click`, `add_to_cart`, `remove_from_cart`, `purchase`, `refund`, or a name of your own.',
          eventType,
        ),
      ),
      item_id: optional(about('What it was done to; the first five types need it.', id)),
      timestamp: optional(about('When it happened. Left out: now.', time)),
      sent_at: optional(about('What the device’s clock shows now: corrects the timestamp.', time)),
      interaction_id: optional(
        about(
          'Yours, to recognise a repeat. Left out: computed from the content if there is a `timestamp`, else a new one each time.',
          id,
        ),
      ),
      channel: optional(about('Such as `web`, `app`, `email`, `store`.', word)),
      session_id: optional(id),
      context: optional(about('Texts by name.', textMap), {}),
      value: optional(
        about(
          'Of purchases and refunds: the money of the whole line. Left out: the catalogue’s price × quantity.',
          number({ min: -moneyMax, max: moneyMax }),
        ),
      ),
      quantity: optional(number({ min: 0.000_001, max: 1e6 }), 1),
      currency: optional(about('Three letters.', currency)),
      recommendation_id: optional(about('Of the list that it followed.', id)),
      position: optional(about('The item’s rank in that list.', number({ min: 1, max: 10_000, whole: true }))),
      campaign_id: optional(id),
      anonymous_id: optional(id),
      backfill: optional(mayBackfill, false),
    },
    {
      check: ({ event_type, item_id }, note) => {
        if (item_id === null && event_type !== undefined && needsItem(event_type))
          note(['item_id'], `is missing: ${event_type} needs an item.`);
      },
    },
  );
}

const byAdministrators = interactionOf(backfill);
const byOthers = interactionOf(noBackfill);

export const interactionSchema = named('Interaction', byAdministrators.schema);

type Told = ValuesIn<typeof byOthers>;

/** `pointer` leads to the object in the request: '' or `/events/3`. */
export function parseInteraction(raw: unknown, pointer: string, context: ParseContext): Parsed<Interaction> {
  const { nowMs, mayBackfill, settings } = context;
  const kind: ObjectKind<Told> = mayBackfill ? byAdministrators : byOthers;
  const parsed = parse(kind, raw, pointer);
  if (!parsed.ok) return parsed;
  const told = parsed.value;
  const timestamp = timeOf(told, context);
  const problem = timeProblem(timestamp, nowMs, told.backfill, settings);
  if (problem !== undefined) return { ok: false, errors: [{ pointer: `${pointer}/timestamp`, detail: problem }] };
  return { ...parsed, value: asInteraction(told, idOf(told, pointer, context), timestamp, nowMs) };
}

function timeOf({ timestamp, sent_at }: Told, { sentAtMs, nowMs }: ParseContext): number {
  return timestamp === null ? nowMs : correctedTime(timestamp, sent_at ?? sentAtMs, nowMs);
}

function asInteraction(told: Told, interaction_id: string, timestamp: number, nowMs: number): Interaction {
  return {
    interaction_id,
    customer_id: told.customer_id,
    timestamp,
    received_at: nowMs,
    event_type: told.event_type,
    item_id: told.item_id,
    channel: told.channel,
    context: told.context,
    session_id: told.session_id,
    value: told.value,
    quantity: told.quantity,
    currency: told.currency?.toUpperCase() ?? null,
    recommendation_id: told.recommendation_id,
    position: told.position,
    campaign_id: told.campaign_id,
    anonymous_id: told.anonymous_id,
    backfill: told.backfill,
  };
}

/**
 * The same event with its own timestamp always gets the same id, so that a client may send it again after a lost answer and it
 * counts once. Two real ones that agree in all of these need ids of their own. The time is the one that was told: corrected, it would
 * differ each time it is sent. Without one, the place in a request that says who it is does as well.
 */
function idOf(told: Told, pointer: string, { requestKey }: ParseContext): string {
  if (told.interaction_id !== null) return told.interaction_id;
  if (told.timestamp === null && requestKey === null) return randomUUID();
  const { customer_id, timestamp, event_type, item_id, session_id, value, quantity, channel } = told;
  const content = [customer_id, timestamp, event_type, item_id, session_id, value, quantity, channel];
  const origin = timestamp === null ? [requestKey, pointer] : [];
  return contentId([...content, ...origin]);
}
