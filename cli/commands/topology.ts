// `freshet topology`: the graph of what `freshet start` runs.
import { stages } from '../../processors/topology.ts';
import { describeTopology, topologyMermaid, topologyText, type Topology } from '../../streams/index.ts';
import { serveSink } from '../../system/serve.ts';
import { exitCodes, isJson, Misused, textOption, type Arguments } from '../command.ts';

const formats: Readonly<Record<string, (topology: Topology) => string>> = {
  text: topologyText,
  mermaid: topologyMermaid,
  json: (topology) => JSON.stringify(topology, null, 2),
};

export function run(args: Arguments): Promise<number> {
  const name = isJson(args) ? 'json' : (textOption(args, 'format') ?? 'text');
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (format === undefined) throw new Misused(`--format is one of ${Object.keys(formats).join(', ')}, not ${name}`);
  process.stdout.write(`${format(describeTopology(stages, [serveSink(stages)])).trimEnd()}\n`);
  return Promise.resolve(exitCodes.done);
}
