// `freshet start`: the whole system in one process.
import { everything } from '../../system/roles.ts';
import { runSystem } from '../run-system.ts';

export function run(): Promise<number> {
  return runSystem(everything);
}
