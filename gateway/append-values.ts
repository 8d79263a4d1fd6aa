// Puts values of a topic of the catalogue onto the log, each in the partition of its key.
import type { GatewayDependencies, Placed } from './dependencies.ts';

export type Appending = Pick<GatewayDependencies, 'log' | 'partitionOf' | 'physicalName' | 'settings'>;

/** Resolves once the values are as safe as INGEST_DURABILITY asks for. All of them are written, or none. */
export async function appendValues<V>(
  topic: { readonly name: string; readonly codec: { encode(value: V): Buffer } },
  values: readonly V[],
  of: { keyOf: (value: V) => string; timeMsOf: (value: V) => number },
  { log, partitionOf, physicalName, settings }: Appending,
): Promise<readonly Placed[]> {
  if (values.length === 0) return [];
  const name = physicalName(topic.name);
  const records = values.map((value) => {
    const key = Buffer.from(of.keyOf(value));
    return {
      topic: name,
      partition: partitionOf(key),
      key,
      value: topic.codec.encode(value),
      timestampMs: of.timeMsOf(value),
    };
  });
  return log.append(records, { durability: settings.ingestDurability });
}
