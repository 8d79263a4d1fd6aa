// `freshet schemas check`: says what `apply` would do, and changes nothing.
import type { Arguments } from '../command.ts';
import { runOn } from '../schemas/run.ts';

export function run(args: Arguments): Promise<number> {
  return runOn(args, { apply: false });
}
