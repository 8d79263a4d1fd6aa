// What help says, written from the commands' own data.
import { exitCodeDocs, exitCodes, type Command, type Option } from './command.ts';

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const list = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Freshet turns what customers do into recommendations, while they do it.

Usage: freshet <command> [options]

Commands:
${list.join('\n')}

Options:
  -h, --help     Shows help; with a command, help on it.
  -v, --version  Shows the version.

First steps:
  freshet start                 then open http://127.0.0.1:8000: an invented shop is running
  freshet help import           how to bring in data of your own
  freshet status                how a running server is doing
  freshet help completion       how to have your shell complete all of this

Exit codes:
${exitCodesText()}

With --json a command writes its result as JSON to standard output, also when it fails: {"error": …}.
`;
}

function exitCodesText(): string {
  return Object.entries(exitCodes)
    .map(([name, code]) => `  ${code}  ${exitCodeDocs[name as keyof typeof exitCodes]}`)
    .join('\n');
}

export function helpOn(command: Command): string {
  const parts = [command.summary, `Usage: freshet ${command.name} ${command.usage}`.trimEnd(), command.description];
  const options = Object.entries(command.options);
  if (options.length > 0) parts.push(`Options:\n${describeOptions(options)}`);
  const examples = command.examples.map(({ line, doc }) => `  ${line}\n      ${doc}`);
  parts.push(`Examples:\n${examples.join('\n')}`);
  return `${parts.join('\n\n')}\n`;
}

function describeOptions(options: readonly (readonly [string, Option])[]): string {
  const heads = options.map(([name, { short, value }]) => {
    const letter = short === undefined ? '    ' : `-${short}, `;
    return `${letter}--${name}${value === undefined ? '' : ` ${value}`}`;
  });
  const width = Math.max(...heads.map((head) => head.length));
  return options.map(([, { doc }], index) => `  ${(heads[index] ?? '').padEnd(width)}  ${doc}`).join('\n');
}
