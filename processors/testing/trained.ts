// Trained models for tests, without any training.
import { BatchModel, type RepeatHabit } from '../../models/batch-model.ts';
import type { ContextLifts } from '../../models/context-lifts.ts';
import type { ItemRows } from '../../models/item-rows.ts';
import type { Model } from '../../schemas/types.ts';
import { START_MS } from './given.ts';

interface Given {
  readonly version?: string;
  /** Of an item those that customers with it had as well, best first. */
  readonly tastes?: Readonly<Record<string, readonly string[]>>;
  readonly alike?: Readonly<Record<string, readonly string[]>>;
  readonly repeats?: Readonly<Record<string, RepeatHabit>>;
  readonly contexts?: ContextLifts;
  readonly weights?: Readonly<Record<string, number>> | null;
}

export function tasteModel({
  version = 'trained',
  tastes = {},
  alike = {},
  repeats = {},
  contexts = {},
  weights = null,
}: Given = {}): BatchModel {
  const items = [
    ...new Set([tastes, alike].flatMap((each) => Object.entries(each).flatMap(([id, ids]) => [id, ...ids]))),
  ];
  return new BatchModel({
    version,
    algorithm: 'item_knn',
    items,
    tastes: rowsOf(items, tastes),
    content: rowsOf(items, alike),
    factors: null,
    repeats,
    contexts,
    weights,
  });
}

function rowsOf(items: readonly string[], partners: Readonly<Record<string, readonly string[]>>): ItemRows {
  const rows = items.map((id) => partners[id] ?? []);
  const start = Int32Array.from([0, ...rows.keys()].map((_, at) => rows.slice(0, at).flat().length));
  return {
    start,
    to: Int32Array.from(rows.flat(), (id) => items.indexOf(id)),
    weight: Float32Array.from(rows.flatMap((row) => row.map((_, place) => 1 / (1 + place)))),
  };
}

/** What the log says of such a model. */
export function modelRecordOf(version: string, promotedAt: number | null, rest: Partial<Model> = {}): Model {
  return {
    name: 'recommend',
    version,
    algorithm: 'item_knn',
    created_at: START_MS,
    promoted_at: promotedAt,
    artefact_format: 1,
    file: `recommend-${version}.model`,
    bytes: 0,
    sha256: '',
    trained_until: START_MS,
    positions: {},
    customers: 0,
    items: 0,
    interactions: 0,
    quarantined_customers: 0,
    parameters: {},
    metrics: {},
    champion: null,
    ...rest,
  };
}
