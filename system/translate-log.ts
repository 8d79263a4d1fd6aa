// Puts the schema registry that the settings name between a log and the rest of the program.
import { registryOf, type Settings } from '../config/settings.ts';
import { catalogue } from '../schemas/topics.ts';
import { wallClock } from '../streams/index.ts';
import { ConfluentRegistry } from '../streams/registry/confluent.ts';
import { TranslatedLog } from '../streams/registry/translated-log.ts';
import { Translation } from '../streams/registry/translation.ts';
import type { Log } from '../streams/log/log.ts';

export interface Translated {
  readonly log: Log;
  /** Empty, or why records wait for the registry. Undefined: there is none, and the log is as it was. */
  readonly registryProblem: (() => string) | undefined;
}

/**
 * @throws Misconfigured when schemas of ours are not registered.
 * @throws DependencyUnavailable when the registry is away.
 */
export async function translateLog(log: Log, settings: Settings): Promise<Translated> {
  const address = registryOf(settings);
  if (address === undefined) return { log, registryProblem: undefined };
  const registry = new ConfluentRegistry(address);
  const topics = Object.values(catalogue);
  const translation = await Translation.open({ registry, topics, prefix: settings.topicPrefix, clock: wallClock });
  const translated = new TranslatedLog(log, translation, { clock: wallClock });
  return { log: translated, registryProblem: () => translated.problem };
}
