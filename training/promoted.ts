// Which of the trained models were made champion.
import { isLater } from '../processors/lookups/models.ts';
import type { Model } from '../schemas/types.ts';

/** The one promoted last first. */
export function promotedLatestFirst(models: readonly Model[]): Model[] {
  return models
    .filter(({ name, promoted_at: at }) => name === 'recommend' && at !== null)
    .toSorted((one, other) => (isLater(one, other) ? -1 : 1));
}
