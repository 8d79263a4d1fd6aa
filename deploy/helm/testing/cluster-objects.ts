// Objects of a cluster as its API server tells them: what the check of the chart reads of each kind.

export interface Named {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
}

export interface Pod extends Named {
  readonly spec: { readonly nodeName?: string; readonly containers: readonly Container[] };
  readonly status: {
    readonly phase: string;
    readonly conditions: readonly { readonly type: string; readonly status: string }[];
  };
}

export interface Container {
  readonly image: string;
  readonly ports: readonly { readonly name: string }[];
}

export interface Service extends Named {
  readonly spec: { readonly ports: readonly { readonly name: string }[] };
}

export interface Slice extends Named {
  readonly ports: readonly { readonly name: string }[];
  readonly endpoints: readonly { readonly hostname?: string; readonly conditions: { readonly ready: boolean } }[];
}

export interface StatefulSet extends Named {
  readonly spec: { readonly serviceName: string; readonly replicas: number };
}

export interface Claim extends Named {
  readonly status: { readonly phase: string };
}

export interface Quota extends Named {
  readonly status: { readonly used: Readonly<Record<string, string>> };
}

export interface Budget extends Named {
  readonly status: { readonly disruptionsAllowed: number };
}

export interface Scaler extends Named {
  readonly spec: {
    readonly minReplicaCount: number;
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
  };
}

export interface JobEvent {
  readonly reason: string;
  readonly involvedObject: { readonly name: string };
}
