// Turns one JSON object into an interaction, or says all that is wrong with it.
import { hash, randomUUID } from 'node:crypto';
import { needsItem } from '../../schemas/event-types.ts';
import type { Interaction } from '../../schemas/types.ts';
import type { Wrong } from '../errors.ts';
import { Fields, isObject } from '../fields.ts';

export type Parsed =
  | { readonly ok: true; readonly interaction: Interaction; readonly ignored: readonly string[] }
  | { readonly ok: false; readonly errors: readonly Wrong[] };

export interface ParseContext {
  /** When the request came. */
  readonly nowMs: number;
  /** Only an administrator may bring events that are never too late. */
  readonly mayBackfill: boolean;
}

const known = new Set([
  'interaction_id',
  'customer_id',
  'timestamp',
  'event_type',
  'item_id',
  'channel',
  'context',
  'session_id',
  'value',
  'quantity',
  'currency',
  'recommendation_id',
  'position',
  'campaign_id',
  'anonymous_id',
  'backfill',
]);

const moneyMax = 1e12;
const quantity = { min: 0.000_001, max: 1e6 };
const position = { min: 1, max: 10_000, whole: true };

/** `pointer` leads to the object in the request: '' or `/events/3`. */
export function parseInteraction(raw: unknown, pointer: string, { nowMs, mayBackfill }: ParseContext): Parsed {
  if (!isObject(raw)) return { ok: false, errors: [{ pointer, detail: 'must be an object.' }] };
  const fields = new Fields(raw, pointer);
  const eventType = eventTypeOf(fields);
  const timestamp = fields.time('timestamp');
  const withoutId: Omit<Interaction, 'interaction_id'> = {
    customer_id: fields.requiredId('customer_id'),
    timestamp: timestamp ?? nowMs,
    received_at: nowMs,
    event_type: eventType,
    item_id: needsItem(eventType)
      ? fields.requiredId('item_id', `is missing: ${eventType} needs an item.`)
      : fields.id('item_id'),
    channel: fields.word('channel'),
    context: fields.textMap('context'),
    session_id: fields.id('session_id'),
    value: fields.number('value', { min: -moneyMax, max: moneyMax }),
    quantity: fields.number('quantity', quantity) ?? 1,
    currency: currencyOf(fields),
    recommendation_id: fields.id('recommendation_id'),
    position: fields.number('position', position),
    campaign_id: fields.id('campaign_id'),
    anonymous_id: fields.id('anonymous_id'),
    backfill: backfillOf(fields, mayBackfill),
  };
  const givenId = fields.id('interaction_id');
  if (fields.wrong.length > 0) return { ok: false, errors: fields.wrong };
  const interaction_id = givenId ?? (timestamp === null ? randomUUID() : derivedId(withoutId));
  return { ok: true, interaction: { interaction_id, ...withoutId }, ignored: fields.unknown(known) };
}

/** Lower case: `Purchase` means `purchase`, and would otherwise count as something of its own. */
function eventTypeOf(fields: Fields): string {
  const given = fields.requiredId('event_type').toLowerCase();
  if (given === '' || /^[a-z][a-z0-9_.:-]{0,63}$/.test(given)) return given;
  fields.refuse(
    'event_type',
    'must be a name such as add_to_cart: a letter, then letters, digits, _ . : or -, at most 64.',
  );
  return '';
}

function currencyOf(fields: Fields): string | null {
  const given = fields.word('currency');
  if (given !== null && !/^[A-Za-z]{3}$/.test(given)) fields.refuse('currency', 'must be three letters, such as EUR.');
  return given?.toUpperCase() ?? null;
}

function backfillOf(fields: Fields, mayBackfill: boolean): boolean {
  const wanted = fields.flag('backfill') ?? false;
  if (wanted && !mayBackfill) fields.refuse('backfill', 'needs a key with the scope admin.');
  return wanted;
}

/**
 * The same event with its own timestamp always gets the same id, so that a client may send it again after a lost answer and it
 * counts once. Two real ones that agree in all of these need ids of their own.
 */
function derivedId(event: Omit<Interaction, 'interaction_id'>): string {
  const { customer_id, timestamp, event_type, item_id, session_id, value, quantity, channel } = event;
  const content = JSON.stringify([customer_id, timestamp, event_type, item_id, session_id, value, quantity, channel]);
  return `c-${hash('sha256', content, 'base64url').slice(0, 22)}`;
}
