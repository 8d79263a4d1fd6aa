// Which campaigns have a list within one partition: as many as there may be, the hottest. A campaign is as hot as its hottest item, so one
// that is over gives way to those that came after it.
import type { ListHead } from '../../schemas/types.ts';
import { placeItem } from './list-head.ts';
import { limits } from './limits.ts';

/** Under this name the campaigns stand among the heads of lists. It is that of no list. */
export const CAMPAIGNS = 'campaigns';

export interface Admission {
  readonly isListed: boolean;
  /** Whether `listed` is another now. */
  readonly isChanged: boolean;
  /** Whose list has to go for it. */
  readonly dropped?: string;
}

/** Changes `listed`: the campaign has an item that is so hot now. */
export function admit(listed: ListHead, campaign: string, heat: number, atMs: number): Admission {
  const known = listed.entries.find(({ item_id }) => item_id === campaign);
  if (known !== undefined && known.heat >= heat) return { isListed: true, isChanged: false };
  const isFull = known === undefined && listed.entries.length >= limits.listedCampaignsMax;
  const last = isFull ? listed.entries.at(-1)?.item_id : undefined;
  const isListed = placeItem(listed, campaign, heat, atMs, limits.listedCampaignsMax);
  return { isListed, isChanged: isListed, ...(isListed && last !== undefined && { dropped: last }) };
}
