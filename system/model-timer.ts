// How long models take to score. Handlers are pure and ask no clock, so they are timed from outside.
import type { Registry } from 'prom-client';
import { DurationHistogram } from '../gateway/duration-histogram.ts';
import type { StageDefinition } from '../streams/index.ts';

/** Calls the function and counts its time as that of the model. */
export type ModelTimer = <T>(model: string, score: () => T) => T;

const BUCKETS_SECONDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.1];

/** Which processors do nothing but score, and the model they score with. */
const MODEL_OF: Readonly<Record<string, string>> = { recommend: 'blend' };

export function modelTimer(registry: Registry): ModelTimer {
  const durations = new DurationHistogram({
    name: 'freshet_model_inference_duration_seconds',
    help: 'Time to score one customer or session.',
    labelNames: ['model'],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const counters = new Map<string, (seconds: number) => void>();
  return (model, score) => {
    let count = counters.get(model);
    if (count === undefined) counters.set(model, (count = durations.counting({ model })));
    const startMs = performance.now();
    try {
      return score();
    } finally {
      count((performance.now() - startMs) / 1000);
    }
  };
}

/** The same stage, in which the handlers of processors that score are timed. */
export function timedStage(stage: StageDefinition, time: ModelTimer): StageDefinition {
  return Object.freeze({
    ...stage,
    processors: stage.processors.map((processor) => {
      const model = MODEL_OF[processor.name];
      if (model === undefined) return processor;
      const on = Object.entries(processor.on).map(([input, handle]) => [input, timed(handle, model, time)]);
      return Object.freeze({ ...processor, on: Object.fromEntries(on) as typeof processor.on });
    }),
  });
}

type AnyHandler = StageDefinition['processors'][number]['on'][string];

function timed(handle: AnyHandler | undefined, model: string, time: ModelTimer): AnyHandler | undefined {
  return handle && ((event, context) => time(model, () => handle(event, context)));
}
