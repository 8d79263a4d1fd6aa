// Compares a place with the schemas that it should know, and, when told so, makes it know them.
import { BACKWARD_TRANSITIVE, SchemaRefused } from '../../streams/index.ts';
import type { Place, Wanted } from './places.ts';

/** One thing that differs; `done` when it was mended. */
export type Difference = { readonly place: string; readonly subject: string } & (
  | { readonly what: 'rule'; readonly done: boolean; readonly before: string | null; readonly rule: string }
  | { readonly what: 'version'; readonly done: boolean; readonly version: number; readonly id: number | null }
  | { readonly what: 'refused'; readonly done: false; readonly version: number; readonly reason: string }
);

/** Each difference as it is found or mended: what came before an error was done. `apply: false` changes nothing. */
export async function* bringUp(place: Place, { apply }: { apply: boolean }): AsyncGenerator<Difference> {
  for (const wanted of await place.wanted()) {
    yield* rule(place, wanted, apply);
    yield* versions(place, wanted, apply);
  }
}

/** Before the versions: they are to be compared by it. */
async function* rule({ name, registry }: Place, { subject }: Wanted, apply: boolean): AsyncGenerator<Difference> {
  const before = (await registry.compatibilityOf(subject)) ?? null;
  if (before === BACKWARD_TRANSITIVE) return;
  if (apply) await registry.setCompatibility(subject, BACKWARD_TRANSITIVE);
  yield { place: name, subject, what: 'rule', done: apply, before, rule: BACKWARD_TRANSITIVE };
}

async function* versions(place: Place, { subject, versions: all }: Wanted, apply: boolean): AsyncGenerator<Difference> {
  const { name, registry } = place;
  for (const { version, schema } of all) {
    if ((await registry.idOf(subject, schema)) !== undefined) continue;
    try {
      const refusal = apply ? undefined : await registry.refusalOf(subject, schema);
      if (refusal !== undefined) throw new SchemaRefused(refusal);
      const id = apply ? await registry.register(subject, schema) : null;
      yield { place: name, subject, what: 'version', done: apply, version, id };
    } catch (error) {
      if (!(error instanceof SchemaRefused)) throw error;
      yield { place: name, subject, what: 'refused', done: false, version, reason: error.message };
      return; // what follows it may be compatible with it alone
    }
  }
}
