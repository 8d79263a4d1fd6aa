// The record that makes a trained model known, as it stands in the log.
import { models } from '../schemas/topics.ts';
import type { Model } from '../schemas/types.ts';
import { tableRecord } from './table-record.ts';

export const versions = /^[\w-][\w.-]{0,120}$/;
const purposes: readonly string[] = ['recommend'];

/** @throws Error when it is no record of a model, with what is wrong. */
export function modelRecord(model: Model, prefix: string, partitions: number) {
  const key = `${model.name}/${model.version}`;
  const record = tableRecord(models, { key, value: model, timestampMs: model.created_at }, prefix, partitions);
  if (!purposes.includes(model.name)) throw new Error(`models: name is ${model.name}, not ${purposes.join(' or ')}`);
  if (!versions.test(model.version))
    throw new Error('models: a version has up to 121 letters, digits, dots, hyphens and underscores');
  return record;
}
