// What to offer each customer now: scored anew, once per batch, whenever the profile or the segment changes.
import type { BatchModel } from '../../models/batch-model.ts';
import { recommendations, profiles, segments } from '../../schemas/topics.ts';
import type { Recommendations } from '../../schemas/types.ts';
import { processor, type Context, type Event, type ProcessorShape, type Source } from '../../streams/index.ts';
import { catalogue } from '../lookups/catalogue.ts';
import { contentLookup } from '../lookups/content.ts';
import { modelsLookup } from '../lookups/models.ts';
import { rankingsLookup } from '../lookups/rankings.ts';
import { rulesLookup, type Rules } from '../lookups/rules.ts';
import { sessionIndex } from '../lookups/session-index.ts';
import { Scorer } from './scorer.ts';
import { defaultsWith, FILTERS_KIND, settingsUnder, WEIGHTS_KIND, type RecommendSettings } from './settings.ts';

const shape = {
  reads: { profiles, segments },
  keeps: {},
  joins: { profiles, segments },
  looksUp: {
    catalogue,
    sessions: sessionIndex,
    rankings: rankingsLookup,
    rules: rulesLookup,
    content: contentLookup,
    models: modelsLookup,
  },
  writes: { recommendations },
} satisfies ProcessorShape;

export const recommend = processor({
  name: 'recommend',
  ...shape,
  conflates: ['profiles', 'segments'],
  on: { profiles: scoreAnew, segments: scoreAnew },
});

/** The segment of a customer whom no segment has been given yet. */
const NO_SEGMENT = 'New';

/** Scratch memory only: handlers are synchronous, and it keeps nothing from one customer to the next. */
const scorer = new Scorer();

/** A customer who is gone or doesn't consent has no list. */
function scoreAnew(event: Event<unknown>, context: Context<typeof shape>): void {
  const customerId = event.key;
  const profile = context.joins.profiles.get(customerId);
  if (profile === undefined || !profile.consent) return context.out.recommendations.send(customerId, null);
  const nowMs = Math.max(event.timeMs, profile.last_activity ?? event.timeMs);
  const segment = context.joins.segments.get(customerId)?.segment ?? NO_SEGMENT;
  const { catalogue: items, sessions, rankings, rules, content, models } = context.lookups;
  const model = models.current;
  const settings = settingsAt(rules, model, nowMs);
  const list: Recommendations = {
    recommendation_id: recommendationId(event.source, customerId, context.streamTimeMs),
    customer_id: customerId,
    timestamp: nowMs,
    segment,
    model: model === null ? settings.version : `${settings.version}+${model.version}`,
    partition: context.partition,
    position: context.position('interactions'),
    lookups: context.lookupVersions(),
    ...scorer.score(
      profile,
      segment,
      { items, sessions, rankings, settings, content, model, random: () => context.random() },
      nowMs,
    ),
  };
  context.out.recommendations.send(customerId, list);
}

/**
 * Where in the log it comes from, and a digest of whom it is for: what a timer writes has one source for many customers, and none at
 * all before the first record of a batch.
 */
function recommendationId({ topic, partition, offset }: Source, customerId: string, streamTimeMs: number): string {
  const place = offset < 0 ? `t${streamTimeMs}` : offset;
  return `${topic}-${partition}-${place}-${digest(customerId)}`;
}

/** FNV-1a, 32 bits, in base 36. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(36);
}

interface Compiled {
  readonly weights: unknown;
  readonly filters: unknown;
  readonly model: BatchModel | null;
  readonly settings: RecommendSettings;
}

const compiled = new WeakMap<Rules, Compiled>();

/** Compiled once for as long as the same rules hold. */
function settingsAt(rules: Rules, model: BatchModel | null, timeMs: number): RecommendSettings {
  const weights = rules.activeOf(WEIGHTS_KIND, timeMs);
  const filters = rules.activeOf(FILTERS_KIND, timeMs);
  const known = compiled.get(rules);
  if (known?.weights === weights && known.filters === filters && known.model === model) return known.settings;
  const settings = settingsUnder(weights, filters, defaultsWith(model?.weights ?? null));
  compiled.set(rules, { weights, filters, model, settings });
  return settings;
}
