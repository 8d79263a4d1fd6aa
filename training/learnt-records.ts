// What a training has learnt, as it stands in the log: the model, and the rules that go with it.
import { rules as rulesTopic } from '../schemas/topics.ts';
import type { Model, Rule } from '../schemas/types.ts';
import { modelRecord } from './model-record.ts';
import { tableRecord } from './table-record.ts';

export interface Learnt {
  readonly model: Model;
  readonly rules: readonly Rule[];
}

/** @throws Error when it is no record of a model, with what is wrong. */
export function learntRecords({ model, rules }: Learnt, prefix: string, partitions: number) {
  const ruleRecords = rules.map((rule) =>
    tableRecord(rulesTopic, { key: rule.rule_id, value: rule, timestampMs: rule.updated_at }, prefix, partitions),
  );
  return [modelRecord(model, prefix, partitions), ...ruleRecords];
}
