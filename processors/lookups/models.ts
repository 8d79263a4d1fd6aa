// The trained model that lists are made with: of those whose records say that they were promoted, the latest that can be used.
import type { BatchModel } from '../../models/batch-model.ts';
import { models } from '../../schemas/topics.ts';
import type { Model } from '../../schemas/types.ts';
import { lookup, type LookupDefinition } from '../../streams/index.ts';

/** The models that this is about, among those of other purposes. */
const PURPOSE = 'recommend';

/**
 * Fetches the artefact of a record and calls `fetched` with its model, or with null when it can't be used; at once or later. In a
 * replay, where everything has one order, it must be at once. What is no longer wanted meanwhile need not be fetched.
 */
export type FetchModel = (record: Model, fetched: (model: BatchModel | null) => void, isWanted: () => boolean) => void;

/** Which model is in use. As long as a newer one is being fetched, or can't be used, it is the one before. */
export class ModelShelf {
  readonly #fetch: FetchModel;
  readonly #pinned: string;
  /** Promoted ones by version. */
  readonly #promoted = new Map<string, Model>();
  /** Versions whose artefact could not be used: not tried again until their record is written anew. */
  readonly #refused = new Set<string>();
  /** The version, or undefined. */
  #fetching: string | undefined;
  #settled: (() => void)[] = [];
  #current: BatchModel | null = null;

  /** @param pinned if not empty, only this version is used, promoted or not. */
  constructor(fetch: FetchModel, pinned: string) {
    this.#fetch = fetch;
    this.#pinned = pinned;
  }

  get current(): BatchModel | null {
    return this.#current;
  }

  /** Resolves when nothing is being fetched. */
  settled(): Promise<void> {
    if (this.#fetching === undefined) return Promise.resolve();
    return new Promise((resolve) => this.#settled.push(resolve));
  }

  set(version: string, record: Model | null): void {
    this.#promoted.delete(version);
    this.#refused.delete(version);
    const counts = record !== null && (this.#pinned === '' ? record.promoted_at !== null : version === this.#pinned);
    if (counts) this.#promoted.set(version, record);
    this.#choose();
  }

  #choose(): void {
    const wanted = this.#latest();
    if (wanted === undefined) {
      // Refused ones leave what is there; without any record there is no model.
      if (this.#promoted.size === 0) this.#current = null;
      return;
    }
    if (wanted.version === this.#current?.version || wanted.version === this.#fetching) return;
    this.#fetching = wanted.version;
    this.#fetch(
      wanted,
      (model) => this.#fetched(wanted, model),
      () => this.#fetching === wanted.version,
    );
  }

  #fetched(record: Model, model: BatchModel | null): void {
    if (this.#fetching !== record.version) return; // superseded: what came later is on its way
    this.#fetching = undefined;
    if (model === null && this.#promoted.get(record.version) === record) this.#refused.add(record.version);
    // Meanwhile another may have been promoted, or this one withdrawn.
    if (model !== null && this.#latest() === record) this.#current = model;
    this.#choose();
    if (this.#fetching === undefined) for (const resolve of this.#settled.splice(0)) resolve();
  }

  /** Of those that may be usable. */
  #latest(): Model | undefined {
    let latest: Model | undefined;
    for (const record of this.#promoted.values()) {
      if (!this.#refused.has(record.version) && (latest === undefined || isLater(record, latest))) latest = record;
    }
    return latest;
  }
}

/** Whether the one was promoted after the other; of the same moment the later version was. */
export function isLater(one: Model, other: Model): boolean {
  const [a, b] = [one.promoted_at ?? 0, other.promoted_at ?? 0];
  return a === b ? one.version > other.version : a > b;
}

/** The lookup for models that are fetched so. */
export function modelsLookupOf(fetch: FetchModel, pinned = ''): LookupDefinition<ModelShelf> {
  return lookup({
    name: 'models',
    reads: { models },
    create: () => new ModelShelf(fetch, pinned),
    apply: {
      models(view, key, value) {
        const [purpose, version = ''] = key.split('/');
        if (purpose === PURPOSE) view.set(version, value);
      },
    },
    settled: (view) => view.settled(),
  });
}

/** Without access to artefacts, of which there are none then; the composition root puts another in its place. */
export const modelsLookup = modelsLookupOf((_, fetched) => fetched(null));
