// What it takes to run stages, for composition roots; processors need only index.ts.
export { runSink, type RunningSink } from './sink.ts';
export { runStages, topicSpec, topicsOf, type RunOptions, type RunningStages, type TaskStatus } from './run-stages.ts';
export { patiently } from './patiently.ts';
export type { StageTracing, TracedBatch } from './tracing.ts';
export type { BatchReport, RuntimeObserver } from './observer.ts';
