// What the routes for those who look on answer.
import { named, nullable } from '../contract/json-schema.ts';
import * as shown from '../contract/shown.ts';

export const segmentsSchema = named(
  'Segments',
  shown.shape({
    segments: shown.list(shown.shape({ segment: shown.text(), customers: shown.whole() })),
    customers: shown.whole('All that have a segment.'),
    complete: shown.flag('False while they are still being counted.'),
    estimated: shown.flag('True when there are too many to be counted one by one.'),
  }),
);

export const topologySchema = named(
  'Topology',
  shown.shape({
    at: shown.time(),
    stages: shown.list(
      shown.shape({
        name: shown.text(),
        tasks: shown.whole(),
        tasks_running: shown.whole(),
        lag_records: shown.number('Records that wait.'),
        rejected: shown.number('Records put aside as dead letters since the start.'),
      }),
    ),
    nodes: shown.list(
      shown.shape(
        {
          id: shown.text(),
          kind: shown.choice(['topic', 'processor', 'lookup', 'sink']),
          name: shown.text(),
        },
        { stage: shown.text('Of processors.'), records: shown.number('Of topics: written since the start.') },
      ),
    ),
    edges: shown.list(
      shown.shape({
        from: shown.text(),
        to: shown.text(),
        kind: shown.text('Such as `reads`, `writes`, `keeps`, `looks up`.'),
        records: nullable(shown.number('Passed since the start; null where nobody counts.')),
      }),
    ),
  }),
);
