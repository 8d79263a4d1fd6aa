// Compiles a mapping into one function from a row to what is imported.
import { interactionProblem, updateProblem, type Problem } from '../../processors/profile/check.ts';
import { needsItem } from '../../schemas/event-types.ts';
import { LineRejected } from '../errors.ts';
import type { Interaction } from '../../schemas/types.ts';
import type { Imported } from '../records.ts';
import { wanted } from './condition.ts';
import type { CustomersMapping, InteractionsMapping, ItemsMapping, Mapping } from './mapping.ts';
import { readersOf, required, type Columns } from './values.ts';

/** What all rows of a file have in common. */
export interface FileFacts {
  /** With the line number it makes an id for interactions that bring none: the same in every repetition. */
  readonly importId: string;
  /** When the file was last changed: how old items and customers are that don't say. */
  readonly modifiedMs: number;
  /** Interactions from later than this can't be right. */
  readonly latestMs: number;
}

/** What becomes of a row; null when the mapping leaves it out. Throws LineRejected when it can't be used. */
export type RowMapper<R> = (row: R, line: number) => Imported | null;

/** Earlier interactions have their time in another unit than the mapping says. */
const EARLIEST_MS = Date.UTC(1980, 0, 1);

/** @throws ImportRefused when the columns or the mapping's formats can't work. */
export function rowMapper<R>(mapping: Mapping, columns: Columns<R>, facts: FileFacts): RowMapper<R> {
  const isWanted = wanted(mapping.when, columns);
  const map = mapperFor(mapping, columns, facts);
  return (row, line) => (isWanted(row) ? usable(map(row, line)) : null);
}

function mapperFor<R>(mapping: Mapping, columns: Columns<R>, facts: FileFacts): (row: R, line: number) => Imported {
  switch (mapping.target) {
    case 'interactions':
      return interactionMapper(mapping, columns, facts);
    case 'items':
      return itemMapper(mapping, columns, facts);
    case 'customers':
      return customerMapper(mapping, columns, facts);
  }
}

function interactionMapper<R>(
  { fields, key_prefix: prefix }: InteractionsMapping,
  columns: Columns<R>,
  facts: FileFacts,
) {
  const read = readersOf(columns);
  const id = read.text('interaction_id', fields.interaction_id);
  const customer = required('customer_id', read.text('customer_id', fields.customer_id));
  const time = required('timestamp', read.time('timestamp', fields.timestamp));
  const type = required('event_type', read.text('event_type', fields.event_type));
  const item = read.text('item_id', fields.item_id);
  const channel = read.text('channel', fields.channel);
  const context = read.texts('context', fields.context);
  const session = read.text('session_id', fields.session_id);
  const value = read.number('value', fields.value);
  const quantity = read.number('quantity', fields.quantity);
  const currency = read.text('currency', fields.currency);
  const recommendation = read.text('recommendation_id', fields.recommendation_id);
  const position = read.number('position', fields.position);
  const campaign = read.text('campaign_id', fields.campaign_id);
  const anonymous = read.text('anonymous_id', fields.anonymous_id);
  return (row: R, line: number): Imported => {
    const timestamp = plausible(time(row), facts);
    return {
      target: 'interactions',
      value: {
        interaction_id: id(row) ?? `${facts.importId}-${line}`,
        customer_id: prefix + customer(row),
        timestamp,
        // Not the wall clock: a repeated import must give the same bytes.
        received_at: timestamp,
        event_type: type(row),
        item_id: prefixed(prefix, item(row)),
        channel: channel(row) ?? null,
        context: context(row),
        session_id: session(row) ?? null,
        value: value(row) ?? null,
        quantity: quantity(row) ?? 1,
        currency: currency(row) ?? null,
        recommendation_id: recommendation(row) ?? null,
        position: placeInList(position(row)),
        campaign_id: campaign(row) ?? null,
        anonymous_id: anonymous(row) ?? null,
        backfill: true,
      },
    };
  };
}

function itemMapper<R>({ fields, key_prefix: prefix }: ItemsMapping, columns: Columns<R>, facts: FileFacts) {
  const read = readersOf(columns);
  const id = required('item_id', read.text('item_id', fields.item_id));
  const updated = read.time('updated_at', fields.updated_at);
  const title = read.text('title', fields.title);
  const description = read.text('description', fields.description);
  const categories = read.list('categories', fields.categories);
  const brand = read.text('brand', fields.brand);
  const tags = read.list('tags', fields.tags);
  const price = read.number('price', fields.price);
  const cost = read.number('cost', fields.cost);
  const url = read.text('url', fields.url);
  const image = read.text('image_url', fields.image_url);
  const inStock = read.flag('in_stock', fields.in_stock);
  const hidden = read.flag('hidden', fields.hidden);
  const published = read.time('published_at', fields.published_at);
  const expires = read.time('expires_at', fields.expires_at);
  const attributes = read.texts('attributes', fields.attributes);
  return (row: R): Imported => ({
    target: 'items',
    value: {
      item_id: prefix + id(row),
      updated_at: updated(row) ?? facts.modifiedMs,
      title: title(row) ?? null,
      description: description(row) ?? null,
      categories: categories(row) ?? [],
      brand: brand(row) ?? null,
      tags: tags(row) ?? [],
      price: price(row) ?? null,
      cost: cost(row) ?? null,
      url: url(row) ?? null,
      image_url: image(row) ?? null,
      in_stock: inStock(row) ?? true,
      hidden: hidden(row) ?? false,
      published_at: published(row) ?? null,
      expires_at: expires(row) ?? null,
      attributes: attributes(row),
    },
  });
}

function customerMapper<R>({ fields, key_prefix: prefix }: CustomersMapping, columns: Columns<R>, facts: FileFacts) {
  const read = readersOf(columns);
  const id = required('customer_id', read.text('customer_id', fields.customer_id));
  const updated = read.time('updated_at', fields.updated_at);
  const age = read.number('age', fields.age);
  const gender = read.text('gender', fields.gender);
  const location = read.text('location', fields.location);
  const language = read.text('language', fields.language);
  const preferences = read.texts('preferences', fields.preferences);
  const consent = read.flag('consent', fields.consent);
  const segment = read.text('segment', fields.segment);
  return (row: R): Imported => ({
    target: 'customers',
    value: {
      customer_id: prefix + id(row),
      updated_at: updated(row) ?? facts.modifiedMs,
      age: wholeYears(age(row)),
      gender: gender(row) ?? null,
      location: location(row) ?? null,
      language: language(row) ?? null,
      preferences: preferences(row),
      consent: consent(row) ?? true,
      segment: segment(row) ?? null,
      erased_at: null,
    },
  });
}

/** What the processors would only put aside later is rejected here, where whoever imports sees it. */
function usable(imported: Imported): Imported {
  const problem = problemOf(imported);
  if (problem !== undefined) throw new LineRejected(problem.message);
  return imported;
}

function problemOf({ target, value }: Imported): Problem | undefined {
  switch (target) {
    case 'interactions':
      return interactionProblem(value.customer_id, value) ?? itemProblem(value);
    case 'customers':
      return updateProblem(value.customer_id, value);
    case 'items':
      return undefined;
  }
}

/** As the API asks for it. */
function itemProblem({ item_id, event_type }: Interaction): Problem | undefined {
  if (item_id !== null || !needsItem(event_type)) return undefined;
  return { reason: 'no_item_id', message: `item_id is missing: ${event_type} needs an item` };
}

function prefixed(prefix: string, id: string | undefined): string | null {
  return id === undefined ? null : prefix + id;
}

function plausible(timestamp: number, { latestMs }: FileFacts): number {
  if (timestamp >= EARLIEST_MS && timestamp <= latestMs) return timestamp;
  const problem = timestamp < EARLIEST_MS ? 'is before 1980' : 'lies in the future';
  const time = Math.abs(timestamp) <= 8.64e15 ? new Date(timestamp).toISOString() : String(timestamp);
  throw new LineRejected(`timestamp ${time} ${problem}: is its unit right?`);
}

function placeInList(position: number | undefined): number | null {
  if (position === undefined) return null;
  if (!Number.isInteger(position) || position < 1 || position > 10_000)
    throw new LineRejected(`${position} is no position in a list`);
  return position;
}

function wholeYears(age: number | undefined): number | null {
  if (age === undefined) return null;
  if (!Number.isInteger(age) || age < 0 || age > 150) throw new LineRejected(`${age} is no age`);
  return age;
}
