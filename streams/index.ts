// The public face of the runtime.
export { jsonCodec, type Codec, type VersionedSchemas } from './codec.ts';
export { wallClock, type Clock } from './clock.ts';
export * from './errors.ts';
export { lookup, tableLookup, type LookupDefinition, type ViewOf } from './lookup.ts';
export {
  processor,
  type Context,
  type Event,
  type Handler,
  type Output,
  type ProcessorDefinition,
  type ProcessorShape,
  type Source,
  type TableAccess,
} from './processor.ts';
export { stage, type StageDefinition } from './stage.ts';
export { physicalName, table, topic, type TableDefinition, type TopicDefinition, type ValueOf } from './topic.ts';
export { describeTopology, topologyMermaid, topologyText, type Topology } from './topology.ts';
export { sink, type SinkDefinition, type SinkTarget } from './sink.ts';
export { boundEventTime, FUTURE_TOLERANCE_MS } from './time.ts';
export { partitionOf } from './log/murmur2.ts';
export {
  BACKWARD_TRANSITIVE,
  SchemaRefused,
  subjectOf,
  type FoundSchema,
  type SchemaRegistry,
} from './registry/schema-registry.ts';
export { HEADER_BYTES, schemaNumber } from './registry/wire-format.ts';
