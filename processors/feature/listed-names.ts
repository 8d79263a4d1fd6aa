// Which campaigns, or locations, have a list within one partition: as many as there may be, the hottest. Each is as hot as its hottest item, so
// that what is over gives way to what came after it.
import type { ListHead } from '../../schemas/types.ts';
import { placeItem } from './list-head.ts';
import { limits } from './limits.ts';

/** Under these names they stand among the heads of lists. They are those of no list. */
export const CAMPAIGNS = 'campaigns';
export const LOCATIONS = 'locations';

export interface Admission {
  readonly isListed: boolean;
  /** Whether `listed` is another now. */
  readonly isChanged: boolean;
  /** Whose list has to go for it. */
  readonly dropped?: string;
}

/** Changes `listed`: the campaign or location has an item that is so hot now. */
export function admit(listed: ListHead, name: string, heat: number, atMs: number): Admission {
  const known = listed.entries.find(({ item_id }) => item_id === name);
  if (known !== undefined && known.heat >= heat) return { isListed: true, isChanged: false };
  const isFull = known === undefined && listed.entries.length >= limits.listedNamesMax;
  const last = isFull ? listed.entries.at(-1)?.item_id : undefined;
  const isListed = placeItem(listed, name, heat, atMs, limits.listedNamesMax);
  return { isListed, isChanged: isListed, ...(isListed && last !== undefined && { dropped: last }) };
}
