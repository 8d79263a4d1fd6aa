// `freshet completion`: a script for the shell, made of the commands' own data.
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { zshScript } from '../completion/zsh.ts';
import { Misused, exitCodes, type Arguments, type Command } from '../command.ts';
import { commands } from '../commands.ts';

const scripts: Readonly<Record<string, (commands: readonly Command[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

export function run({ positionals: [shell = ''] }: Arguments): Promise<number> {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (script === undefined)
    throw new Misused(`There is no script for ${shell}: give one of ${Object.keys(scripts).join(', ')}.`);
  process.stdout.write(script(commands));
  return Promise.resolve(exitCodes.done);
}
