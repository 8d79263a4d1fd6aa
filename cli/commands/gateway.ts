// `freshet gateway`: the API alone.
import { rolesNamed } from '../../system/roles.ts';
import { runSystem } from '../run-system.ts';

export function run(): Promise<number> {
  return runSystem(rolesNamed(['gateway']));
}
