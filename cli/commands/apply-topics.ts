// `freshet topics apply`: creates the topics that are missing.
import { exitCodes, isJson, type Arguments } from '../command.ts';
import { differencesText } from '../topics/differences-text.ts';
import { withTopics } from '../topics/with-topics.ts';

export async function run(args: Arguments): Promise<number> {
  const differences = await withTopics((topics, wanted) => topics.apply(wanted));
  process.stdout.write(isJson(args) ? `${JSON.stringify(differences)}\n` : differencesText(differences, 'created'));
  return differences.partitions.length === 0 ? exitCodes.done : exitCodes.failed;
}
