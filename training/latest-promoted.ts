// Which of the trained models is the champion.
import type { Model } from '../schemas/types.ts';

/** The one promoted last, or undefined. */
export function latestPromoted(models: readonly Model[]): Model | undefined {
  return models
    .filter(({ name, promoted_at: at }) => name === 'recommend' && at !== null)
    .toSorted(
      (one, other) => (one.promoted_at ?? 0) - (other.promoted_at ?? 0) || (one.version < other.version ? -1 : 1),
    )
    .at(-1);
}
