// Which handler gets which event: from the log, and handed over within the stage.
import { isRekeyed, type Event } from './processor.ts';
import type { StageDefinition } from './stage.ts';
import type { TopicDefinition } from './topic.ts';

export interface Route {
  /** Index of the processor in its stage. */
  readonly processor: number;
  readonly handler: (event: Event<unknown>, context: unknown) => void;
  readonly conflated: boolean;
}

export interface Routes {
  /** Handlers of a topic read from the log, in the order of the stage. */
  fromLog(topic: string): readonly Route[];
  /** Handlers of what processor `from` wrote to a topic, in the order of the stage. */
  handedOver(topic: string, from: number): readonly Route[];
  isHandedOver(topic: string, from: number): boolean;
  /** Index of the processor that keeps the table. */
  keeperOf(table: string): number;
}

const NONE: readonly Route[] = [];

export function createRoutes(stage: StageDefinition): Routes {
  const byTopic = new Map<string, Route[]>();
  const keepers = new Map<string, number>();
  stage.processors.forEach((processor, index) => {
    for (const [input, topic] of Object.entries(processor.reads as Record<string, TopicDefinition<unknown>>)) {
      const route: Route = {
        processor: index,
        handler: (processor.on as Record<string, Route['handler']>)[input] as Route['handler'],
        conflated: processor.conflates.includes(input),
      };
      byTopic.set(topic.name, [...(byTopic.get(topic.name) ?? []), route]);
    }
    for (const table of Object.values(processor.keeps as Record<string, TopicDefinition<unknown>>))
      keepers.set(table.name, index);
  });
  /** By processor and topic. */
  const later = stage.processors.map(
    (processor, from) =>
      new Map(
        Array.from(byTopic, ([topic, routes]) => [
          topic,
          isRekeyed(processor, topic) ? NONE : routes.filter((route) => route.processor > from),
        ]),
      ),
  );
  const handedOver = (topic: string, from: number) => later[from]?.get(topic) ?? NONE;
  return {
    fromLog: (topic) => byTopic.get(topic) ?? NONE,
    handedOver,
    isHandedOver: (topic, from) => handedOver(topic, from).length > 0,
    keeperOf: (table) => keepers.get(table) ?? 0,
  };
}
