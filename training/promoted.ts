// Which of the trained models were made champion.
import type { Model } from '../schemas/types.ts';

/** The one promoted last first. */
export function promotedLatestFirst(models: readonly Model[]): Model[] {
  return models
    .filter(({ name, promoted_at: at }) => name === 'recommend' && at !== null)
    .toSorted(
      (one, other) => (other.promoted_at ?? 0) - (one.promoted_at ?? 0) || (other.version < one.version ? -1 : 1),
    );
}
