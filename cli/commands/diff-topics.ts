// `freshet topics diff`: how the brokers' topics differ from what they should be.
import { exitCodes, isJson, type Arguments } from '../command.ts';
import { differencesText } from '../topics/differences-text.ts';
import { withTopics } from '../topics/with-topics.ts';

export async function run(args: Arguments): Promise<number> {
  const differences = await withTopics((topics, wanted) => topics.diff(wanted));
  process.stdout.write(isJson(args) ? `${JSON.stringify(differences)}\n` : differencesText(differences, 'missing'));
  const count = differences.missing.length + differences.partitions.length + differences.configs.length;
  return count === 0 ? exitCodes.done : exitCodes.failed;
}
