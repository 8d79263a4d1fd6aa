// An item as it comes in and as it is shown.
import { positionReached } from '../contract/common.ts';
import { named, nullable } from '../contract/json-schema.ts';
import { about, flag, id, number, refined, text, textMap, time, words } from '../contract/kinds.ts';
import { object, optional, required } from '../contract/object-kind.ts';
import * as shown from '../contract/shown.ts';

const titleBytesMax = 512;
const addressBytesMax = 2048;
const money = number({ min: 0, max: 1e12 });

/** Shops put it into their pages as a link: `javascript:` must not get there through us. */
const address = refined(text(addressBytesMax), { pattern: '^([hH][tT][tT][pP][sS]?://|/(?!/))' }, (given) =>
  /^(https?:\/\/|\/(?!\/))/i.test(given) ? undefined : 'must begin with https://, http:// or a single /.',
);

const inStock = about('False: sold out, and gone from every list at the next read.', flag);
const hidden = about('True: not to be shown, and gone from every list at the next read.', flag);

const fields = {
  title: optional(text(titleBytesMax)),
  description: optional(text()),
  categories: optional(about('The most general one first.', words()), []),
  brand: optional(text(titleBytesMax)),
  tags: optional(words(), []),
  price: optional(money),
  cost: optional(about('What it costs the shop. Shown to administrators only.', money)),
  url: optional(address),
  image_url: optional(address),
  in_stock: optional(inStock, true),
  hidden: optional(hidden, false),
  published_at: optional(about('Not shown before.', time)),
  expires_at: optional(about('Not shown from then on.', time)),
  attributes: optional(about('Texts by name.', textMap), {}),
};

/** Of one whose id is in the address. */
export const itemKind = object({ item_id: optional(about('If given, the one of the address.', id)), ...fields });

/** Of one among many. */
export const listedItemKind = object({ item_id: required(id), ...fields });

const changes = { in_stock: inStock, hidden, price: money };

export const itemChangeKind = object(
  {
    item_id: optional(about('If given, the one of the address.', id)),
    in_stock: optional(changes.in_stock),
    hidden: optional(changes.hidden),
    price: optional(changes.price),
  },
  {
    check: ({ in_stock, hidden: isHidden, price }, note) => {
      if (in_stock === null && isHidden === null && price === null)
        note([], `says nothing: give at least one of ${Object.keys(changes).join(', ')}.`);
    },
  },
);

export const itemSchema = named(
  'Item',
  shown.shape(
    {
      item_id: shown.text(),
      updated_at: shown.time(),
      title: nullable(shown.text()),
      description: nullable(shown.text()),
      categories: shown.list(shown.text(), 'The most general one first.'),
      brand: nullable(shown.text()),
      tags: shown.list(shown.text()),
      price: nullable(shown.number()),
      url: nullable(shown.text()),
      image_url: nullable(shown.text()),
      in_stock: shown.flag(),
      hidden: shown.flag(),
      published_at: nullable(shown.time()),
      expires_at: nullable(shown.time()),
      attributes: shown.mapOf(shown.text()),
      available: shown.flag('Whether it may be shown now.'),
    },
    { cost: nullable(shown.number('For administrators only.')), position_reached: positionReached },
  ),
);

export const itemExample = {
  item_id: 'lamp-8',
  updated_at: '2026-11-22T20:49:29.987Z',
  title: 'Clamp Lamp',
  description: null,
  categories: ['Home', 'Lighting'],
  brand: null,
  tags: [],
  price: 39.9,
  url: null,
  image_url: null,
  in_stock: true,
  hidden: false,
  published_at: null,
  expires_at: null,
  attributes: {},
  cost: null,
  available: true,
};
