// The record that makes a trained model known, as it stands in the log.
import { models } from '../schemas/topics.ts';
import type { Model } from '../schemas/types.ts';
import { partitionOf, physicalName } from '../streams/index.ts';

export const versions = /^[\w-][\w.-]{0,120}$/;
const purposes: readonly string[] = ['recommend'];

/** @throws Error when it is no record of a model, with what is wrong. */
export function modelRecord(model: Model, prefix: string, partitions: number) {
  const value = models.codec.encode(model);
  if (!purposes.includes(model.name)) throw new Error(`models: name is ${model.name}, not ${purposes.join(' or ')}`);
  if (!versions.test(model.version))
    throw new Error('models: a version has up to 121 letters, digits, dots, hyphens and underscores');
  const key = Buffer.from(`${model.name}/${model.version}`);
  return {
    topic: physicalName(prefix, models.name),
    partition: partitionOf(key, partitions),
    key,
    value,
    timestampMs: model.created_at,
  };
}
