// What a process does of all there is to do: everything, or a part that others complete.
import { stages } from '../processors/topology.ts';
import type { StageDefinition } from '../streams/index.ts';

export interface Roles {
  readonly stages: readonly StageDefinition[];
  /** Copies the tables into the serving store. */
  readonly serve: boolean;
  /** Answers the API; a process without it answers only whether it is alive and ready, and its metrics. */
  readonly gateway: boolean;
}

export const everything: Roles = { stages, serve: true, gateway: true };

const serve = 'serve';
const gateway = 'gateway';

/** What can be asked for by name. */
export const roleNames: readonly string[] = [...stages.map(({ name }) => name), serve, gateway];

/** `names` are of `roleNames`. */
export function rolesNamed(names: readonly string[]): Roles {
  return {
    stages: stages.filter(({ name }) => names.includes(name)),
    serve: names.includes(serve),
    gateway: names.includes(gateway),
  };
}
