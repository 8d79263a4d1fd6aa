// `freshet schemas apply`: makes all schemas known, where they are not.
import type { Arguments } from '../command.ts';
import { runOn } from '../schemas/run.ts';

export function run(args: Arguments): Promise<number> {
  return runOn(args, { apply: true });
}
