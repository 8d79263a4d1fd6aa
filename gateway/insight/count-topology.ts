// How much has passed over each edge of the topology. Counted at most once in a moment, however many ask.
import type { GatewayDependencies, RuntimeStatus } from '../dependencies.ts';
import { metricValues, sumWhere, type MetricValue } from './metric-values.ts';
import { topologyGraph, type Counted, type Graph, type GraphEdge, type GraphNode } from './topology-graph.ts';

type Dependencies = Pick<GatewayDependencies, 'topology' | 'metrics' | 'status' | 'clock'>;

export interface CountedTopology {
  readonly at: string;
  readonly stages: readonly CountedStage[];
  readonly nodes: readonly (GraphNode & { readonly records?: number })[];
  /** `records` since the process began; null where nobody counts. */
  readonly edges: readonly (Omit<GraphEdge, 'counted'> & { readonly records: number | null })[];
}

interface CountedStage {
  readonly name: string;
  readonly tasks: number;
  readonly tasks_running: number;
  readonly lag_records: number;
  /** Records put aside as dead letters since the start. */
  readonly rejected: number;
}

const countedAgainAfterMs = 500;

export class TopologyCounter {
  readonly #dependencies: Dependencies;
  readonly #graph: Graph;
  #latest: { readonly atMs: number; readonly counted: Promise<CountedTopology> } | null = null;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    this.#graph = topologyGraph(dependencies.topology);
  }

  count(): Promise<CountedTopology> {
    const atMs = this.#dependencies.clock.nowMs();
    if (this.#latest === null || Math.abs(atMs - this.#latest.atMs) >= countedAgainAfterMs) {
      this.#latest = { atMs, counted: this.#count(atMs) };
      // What failed is not kept: the next one tries again.
      this.#latest.counted.catch(() => (this.#latest = null));
    }
    return this.#latest.counted;
  }

  async #count(atMs: number): Promise<CountedTopology> {
    const { metrics, topology, status } = this.#dependencies;
    const [written, consumed, rejected] = await Promise.all([
      metricValues(metrics, 'freshet_records_written_total'),
      metricValues(metrics, 'freshet_records_consumed_total'),
      metricValues(metrics, 'freshet_records_rejected_total'),
    ]);
    const { tasks } = status();
    return {
      at: new Date(atMs).toISOString(),
      stages: topology.stages.map(({ name }) => countStage(name, tasks, rejected)),
      nodes: this.#graph.nodes.map((node) =>
        node.kind === 'topic' ? { ...node, records: sumWhere(written, { topic: node.name }) } : node,
      ),
      edges: this.#graph.edges.map(({ counted, ...edge }) => ({
        ...edge,
        records: recordsOf(counted, written, consumed),
      })),
    };
  }
}

function recordsOf(counted: Counted, written: readonly MetricValue[], consumed: readonly MetricValue[]): number | null {
  if (counted === null) return null;
  return sumWhere('stage' in counted ? consumed : written, { ...counted });
}

function countStage(stage: string, tasks: RuntimeStatus['tasks'], rejected: readonly MetricValue[]): CountedStage {
  const own = tasks.filter((task) => task.stage === stage);
  return {
    name: stage,
    tasks: own.length,
    tasks_running: own.filter(({ state }) => state === 'running').length,
    lag_records: own.reduce((sum, { lagRecords }) => sum + lagRecords, 0),
    rejected: sumWhere(rejected, { stage }),
  };
}
