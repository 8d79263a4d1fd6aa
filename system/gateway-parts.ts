// What a gateway needs that follows from the settings alone, whichever thread it runs in.
import type { Settings } from '../config/settings.ts';
import type { GatewayDependencies } from '../gateway/dependencies.ts';
import type { ReadableStore } from '../gateway/serving-reads.ts';
import { partitionOf, physicalName, wallClock } from '../streams/index.ts';
import type { ModelTimer } from './model-timer.ts';
import { sessionScorer } from './score-session.ts';

export function gatewayParts(
  settings: Settings,
  serving: ReadableStore,
  time: ModelTimer,
): Pick<GatewayDependencies, 'settings' | 'serving' | 'physicalName' | 'partitionOf' | 'scoreSession' | 'clock'> {
  return {
    settings,
    serving,
    physicalName: (name) => physicalName(settings.topicPrefix, name),
    partitionOf: (key) => partitionOf(key, settings.partitions),
    scoreSession: sessionScorer(serving, time),
    clock: wallClock,
  };
}
