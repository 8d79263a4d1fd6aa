// What runs: which processors share a stage, so that what they write of one key commits together.
import { stage } from '../streams/index.ts';
import { feature } from './feature/feature.ts';
import { profile } from './profile/profile.ts';
import { rank } from './rank/rank.ts';
import { recommend } from './recommend/recommend.ts';
import { segment } from './segment/segment.ts';

/** By customer_id: what they do, what that makes of them, and what to offer them. Waits only under load, where it costs a tenth less. */
export const customers = stage('customers', [profile, segment, recommend], { lingerMs: 10 });

/** By item_id: what is done with them. Of busy items each batch writes all that is known, so a second of them at once. */
export const items = stage('items', [feature], { lingerMs: 1_000 });

/** By name of the list. */
export const rankings = stage('rankings', [rank], { lingerMs: 1_000 });

export const stages = [customers, items, rankings] as const;
