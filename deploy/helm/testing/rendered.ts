// What the chart makes of values, as objects.
import assert from 'node:assert/strict';
import { parseAllDocuments } from 'yaml';
import { helm } from '../../testing/helm.ts';

export const chart = 'deploy/helm/freshet';

export interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

/** `args` are those of `helm template`. @throws AssertionError with what Helm said, when it refuses. */
export function rendered(...args: readonly string[]): Promise<Rendered[]> {
  return renderedAs('freshet', ...args);
}

export async function renderedAs(release: string, ...args: readonly string[]): Promise<Rendered[]> {
  const { status, output, errors } = await helm(['template', release, chart, '--namespace', 'shop', ...args]);
  assert.equal(status, 0, errors);
  return parseAllDocuments(output)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}

/** The only one of a kind, or the one of that name. */
export function only(objects: readonly Rendered[], kind: string, name?: string): Rendered {
  const found = objects.filter((each) => each.kind === kind && (name === undefined || each.metadata.name === name));
  return found.length === 1 ? (found[0] as Rendered) : assert.fail(`${found.length} of ${kind} ${name ?? ''}`);
}

/** `at(pod, 'spec.containers.0.args')`; undefined where there is nothing. */
export function at(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((of, key) => (of as Readonly<Record<string, unknown>> | null | undefined)?.[key], object);
}
