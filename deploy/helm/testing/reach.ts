// Who may reach what, by policies of the network: what a network that enforces them would make of them. Of their language it knows what
// the chart uses, and refuses the rest.
import assert from 'node:assert/strict';

export type Labels = Readonly<Record<string, string>>;

export interface Policy {
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly {
      readonly from?: readonly { readonly podSelector?: Selector; readonly namespaceSelector?: Selector }[];
      readonly ports?: readonly { readonly port: string | number }[];
    }[];
  };
}

interface Selector {
  readonly matchLabels?: Labels;
}

export interface Target {
  readonly labels: Labels;
  readonly port: string;
}

/** A pod with these labels; in the namespace of the policies unless another one's labels are given. */
export interface Caller {
  readonly labels: Labels;
  readonly namespace?: Labels;
}

export function mayReach(policies: readonly Policy[], caller: Caller, target: Target): boolean {
  const about = policies.filter(({ spec }) => matches(spec.podSelector, target.labels));
  const rules = about.flatMap(({ spec }) => {
    assert.deepEqual(spec.policyTypes, ['Ingress']);
    return spec.ingress ?? [];
  });
  const isFrom = ({ podSelector, namespaceSelector }: { podSelector?: Selector; namespaceSelector?: Selector }) =>
    namespaceSelector === undefined
      ? caller.namespace === undefined && matches(podSelector, caller.labels)
      : matches(namespaceSelector, caller.namespace ?? {}) && matches(podSelector ?? {}, caller.labels);
  return (
    about.length === 0 ||
    rules.some(({ from, ports }) => (from?.some(isFrom) ?? true) && (ports?.some(({ port }) => port === target.port) ?? true)) // prettier-ignore
  );
}

function matches(selector: Selector | undefined, labels: Labels): boolean {
  if (selector === undefined) return false;
  const { matchLabels = {}, ...others } = selector;
  assert.deepEqual(others, {});
  return Object.entries(matchLabels).every(([name, value]) => labels[name] === value);
}
