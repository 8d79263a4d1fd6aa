// What the processor `profile` reads, keeps, looks up and writes.
import type { Context, ProcessorShape } from '../../streams/index.ts';
import * as topics from '../../schemas/topics.ts';
import { catalogue } from '../lookups/catalogue.ts';
import { rulesLookup } from '../lookups/rules.ts';

export const shape = {
  reads: {
    interactions: topics.interactions,
    customers: topics.customers,
    identities: topics.identities,
    visitorEvents: topics.visitorEvents,
  },
  keeps: { profiles: topics.profiles, erasures: topics.erasures, joinedHistories: topics.joinedHistories },
  joins: {},
  looksUp: { catalogue, rules: rulesLookup },
  writes: { sessions: topics.sessions, itemEvents: topics.itemEvents, visitorEvents: topics.visitorEvents },
} satisfies ProcessorShape;

export type ProfileContext = Context<typeof shape>;
