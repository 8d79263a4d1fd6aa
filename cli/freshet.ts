// The `freshet` command: finds the command that is meant, reads its options and runs it.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { nearest } from '../imports/nearest.ts';
import { exitCodes, Misused, type Arguments, type Command } from './command.ts';
import { commands } from './commands.ts';
import { helpOn, overview } from './help.ts';

/** `freshet … | head` closes our output early: that is an end, not a failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

/** Kinds of errors that say the command, its files or the settings have to change. */
const misuses = new Set(['Misused', 'SettingsInvalid', 'ImportRefused', 'Misconfigured']);

process.exitCode = await main(process.argv.slice(2));

async function main([first, ...rest]: string[]): Promise<number> {
  try {
    if (first === undefined) return say(overview(commands), exitCodes.misused);
    if (first === '-v' || first === '--version' || first === 'version') return say(`${version()}\n`);
    if (first === '-h' || first === '--help') return say(overview(commands));
    if (first === 'help') return say(rest[0] === undefined ? overview(commands) : helpOn(commandNamed(rest[0])));
    const command = commandNamed(first);
    const args = argumentsOf(command, rest);
    if (args.values['help'] === true) return say(helpOn(command));
    const program = await command.load();
    return await program.run(args);
  } catch (error) {
    return failure(error);
  }
}

function say(text: string, exitCode: number = exitCodes.done): number {
  (exitCode === exitCodes.done ? process.stdout : process.stderr).write(text);
  return exitCode;
}

function commandNamed(name: string): Command {
  const found = commands.find((command) => command.name === name);
  if (found !== undefined) return found;
  const names = commands.map((command) => command.name);
  const meant = nearest(name, names);
  throw new Misused(
    `There is no command ${name}. ${meant === undefined ? `There are: ${names.join(', ')}.` : `Did you mean ${meant}?`}`,
  );
}

function argumentsOf(command: Command, args: string[]): Arguments {
  const options = Object.entries(command.options).map(([name, { type, short }]) => [
    name,
    { type, ...(short === undefined ? {} : { short }) },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: command.usage.includes('<files…>'),
      options: { ...Object.fromEntries(options), help: { type: 'boolean', short: 'h' } },
    });
    // No option may be given twice, so there are no arrays.
    return { values: values as Arguments['values'], positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new Misused(`${error.message.split('. ')[0]}.\nSee freshet help ${command.name}.`, { cause: error });
  }
}

/** What somebody can mend is told in one sentence; the rest with where it happened. */
function failure(error: unknown): number {
  const kind = error instanceof Error && 'kind' in error ? String(error.kind) : undefined;
  const message = error instanceof Error ? error.message : String(error);
  const isKnown = kind !== undefined && kind !== 'Bug';
  process.stderr.write(`${isKnown || !(error instanceof Error) ? message : (error.stack ?? message)}\n`);
  return kind !== undefined && misuses.has(kind) ? exitCodes.misused : exitCodes.failed;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '?';
}
