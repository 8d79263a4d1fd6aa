// `freshet run`: a part of the system, for several processes that share brokers.
import { roleNames, rolesNamed } from '../../system/roles.ts';
import { Misused, type Arguments } from '../command.ts';
import { runSystem } from '../run-system.ts';

export function run({ positionals }: Arguments): Promise<number> {
  if (positionals.length === 0) throw new Misused(`which roles? There are ${roleNames.join(', ')}.`);
  const unknown = positionals.find((name) => !roleNames.includes(name));
  if (unknown !== undefined) throw new Misused(`there is no role ${unknown}: choose of ${roleNames.join(', ')}.`);
  return runSystem(rolesNamed(positionals));
}
