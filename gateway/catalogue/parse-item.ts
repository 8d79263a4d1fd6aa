// Turns one JSON object into an item of the catalogue, or says all that is wrong with it.
import type { Item } from '../../schemas/types.ts';
import type { Wrong } from '../errors.ts';
import { Fields, isObject } from '../fields.ts';

export type ParsedItem =
  | { readonly ok: true; readonly item: Item; readonly ignored: readonly string[] }
  | { readonly ok: false; readonly errors: readonly Wrong[] };

const known = new Set([
  'item_id',
  'title',
  'description',
  'categories',
  'brand',
  'tags',
  'price',
  'cost',
  'url',
  'image_url',
  'in_stock',
  'hidden',
  'published_at',
  'expires_at',
  'attributes',
]);

const titleBytesMax = 512;
const addressBytesMax = 2048;
const money = { min: 0, max: 1e12 };

/** `itemId` from the address, or null when the object must bring it. `pointer` leads to the object in the request. */
export function parseItem(raw: unknown, pointer: string, itemId: string | null, nowMs: number): ParsedItem {
  if (!isObject(raw)) return { ok: false, errors: [{ pointer, detail: 'must be an object.' }] };
  const fields = new Fields(raw, pointer);
  if (itemId !== null) fields.mustBe('item_id', itemId);
  const item: Item = {
    item_id: itemId ?? fields.requiredId('item_id'),
    updated_at: nowMs,
    title: fields.text('title', titleBytesMax),
    description: fields.text('description'),
    categories: fields.words('categories'),
    brand: fields.text('brand', titleBytesMax),
    tags: fields.words('tags'),
    price: fields.number('price', money),
    cost: fields.number('cost', money),
    url: address(fields, 'url'),
    image_url: address(fields, 'image_url'),
    in_stock: fields.flag('in_stock') ?? true,
    hidden: fields.flag('hidden') ?? false,
    published_at: fields.time('published_at'),
    expires_at: fields.time('expires_at'),
    attributes: fields.textMap('attributes'),
  };
  return fields.wrong.length > 0
    ? { ok: false, errors: fields.wrong }
    : { ok: true, item, ignored: fields.unknown(known) };
}

/** Shops put it into their pages as a link: `javascript:` must not get there through us. */
function address(fields: Fields, name: string): string | null {
  const text = fields.text(name, addressBytesMax);
  if (text !== null && !/^(https?:\/\/|\/(?!\/))/i.test(text))
    fields.refuse(name, 'must begin with https://, http:// or a single /.');
  return text;
}
