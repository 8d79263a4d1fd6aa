// Plants a violation of each rule, and beside it the nearest thing that is allowed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './tree-rules.ts';

const forbidden: [path: string, source: string][] = [
  ['processors/segment/segment.ts', `import { restore } from '../../streams/restore.ts';`],
  ['processors/segment/segment.ts', `import type { Request } from '../../gateway/server.ts';`],
  ['processors/segment/segment.ts', `const at = new Date();`],
  ['processors/segment/segment.ts', `const at = new Date( ).getTime();`],
  ['processors/segment/segment.ts', `const at = new Date;`],
  ['models/churn.ts', `import { topics } from '../schemas/topics.ts';`],
  ['models/churn.ts', `import { readFileSync } from 'node:fs';`],
  ['models/churn.ts', `const model = await import('../config/config.ts');`],
  ['streams/task.ts', `export { topics } from '../schemas/topics.ts';`],
  ['streams/testing/bench.ts', `import '../../processors/topology.ts';`],
  ['streams/task.ts', `import { Kafka } from 'kafkajs';`],
  ['gateway/server.ts', `import {\n  stage,\n} from '../streams/stage.ts';`],
  ['cli/freshet.ts', `import { Kafka } from '@confluentinc/kafka-javascript';`],
  ['system/start-system.ts', `import { trace } from '@opentelemetry/api';`],
  ['system/tracing/tracing.ts', `import { openTelemetry } from './open-telemetry.ts';`],
  ['schemas/topics.ts', `import { profile } from '../processors/profile/profile.ts';`],
];

const allowed: [path: string, source: string][] = [
  ['processors/segment/segment.ts', `import { processor } from '../../streams/index.ts';`],
  ['processors/segment/segment.ts', `import { churn } from '../../models/churn.ts';`],
  ['processors/segment/segment.ts', `const at = new Date(event.timestampMs);`],
  ['processors/segment/segment.ts', `// never new Date()`],
  ['processors/segment/segment.test.ts', `import { bench } from '../../streams/testing/bench.ts';`],
  ['models/churn.ts', `import { sigmoid } from './sigmoid.ts';`],
  ['models/churn.test.ts', `import { test } from 'node:test';`],
  ['streams/log/kafka/driver.ts', `import { Kafka } from 'kafkajs';`],
  ['streams/store/lmdb.ts', `import { open } from 'lmdb';`],
  ['gateway/server.ts', `import { topics } from '../schemas/topics.ts';`],
  ['examples/5-typescript-producer/checkout.ts', `import { Kafka } from 'kafkajs';`],
  ['system/tracing/open-telemetry.ts', `import { trace } from '@opentelemetry/api';`],
  ['system/tracing/tracing.ts', `const loaded = await import('./open-telemetry.ts');`],
  ['cli/freshet.ts', `import { start } from '../streams/restore.ts';`],
];

for (const [path, source] of forbidden) {
  test(`forbidden in ${path}: ${source}`, () => assert.equal(violations(path, source).length, 1));
}
for (const [path, source] of allowed) {
  test(`allowed in ${path}: ${source}`, () => assert.deepEqual(violations(path, source), []));
}
