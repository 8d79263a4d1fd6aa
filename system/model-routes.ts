// Takes the records of trained models: the program that trains has no way of its own to a log that this process has.
import { problemAnswer } from '../gateway/contract/common.ts';
import { route, type Body } from '../gateway/contract/declare.ts';
import { named } from '../gateway/contract/json-schema.ts';
import * as shown from '../gateway/contract/shown.ts';
import type { GatewayLog } from '../gateway/dependencies.ts';
import { Problem } from '../gateway/errors.ts';
import { json } from '../gateway/http/answer.ts';
import type { Route } from '../gateway/http/route.ts';
import type { Model } from '../schemas/types.ts';
import { wrongFieldsOf } from '../schemas/wrong-fields.ts';
import { modelBody, modelSchema } from '../training/model-body.ts';
import { modelRecord } from '../training/model-record.ts';

const example: Model = {
  name: 'recommend',
  version: '20260301T040000000Z-ease',
  algorithm: 'ease',
  created_at: 1_772_337_600_000,
  promoted_at: 1_772_337_600_000,
  artefact_format: 1,
  file: 'recommend-20260301T040000000Z-ease.model',
  bytes: 1_048_576,
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  trained_until: 1_772_337_000_000,
  positions: { '0': 4312, '1': 3977 },
  customers: 812,
  items: 600,
  interactions: 20_114,
  quarantined_customers: 1,
  parameters: { lambda: 100 },
  metrics: { 'ndcg@20': 0.21, 'hit_rate@20': 0.55, cases: 431 },
  champion: null,
};

/** `POST /api/v1/models`, which needs the scope admin. */
export function modelRoutes(
  log: Pick<GatewayLog, 'append'>,
  topics: { prefix: string; partitions: number },
): readonly Route[] {
  return [
    route({
      method: 'POST',
      at: '/api/v1/models',
      scope: 'admin',
      id: 'postModel',
      tag: 'Models',
      summary: 'Makes a trained model known.',
      description:
        'What `freshet train` says of a model whose artefact it has written. If it is promoted, it is used as soon as it is read and found to be whole. The same again changes nothing.',
      body,
      answers: {
        202: { description: 'It is in the log.', schema: recorded },
        422: problemAnswer('It is no record of a model.'),
      },
      examples: [
        {
          name: 'promoted',
          summary: 'The first model of a shop',
          body: example,
          status: 202,
          answer: { status: 'accepted', version: example.version },
        },
      ],
      handle: async (asked) => {
        await log.append([recordOf(asked.body, topics)]);
        return json(202, { status: 'accepted', version: (asked.body as Model).version });
      },
    }),
  ];
}

const recorded = named('ModelAccepted', shown.shape({ status: shown.choice(['accepted']), version: shown.text() }));

/** Checked when it is made a record of. */
const body: Body<unknown> = { schema: named('Model', modelSchema), read: (raw) => raw };

function recordOf(raw: unknown, { prefix, partitions }: { prefix: string; partitions: number }) {
  const { success, data, error } = modelBody.safeParse(raw);
  if (success) return modelRecord(data, prefix, partitions);
  throw new Problem(422, 'It is no record of a model.', { errors: wrongFieldsOf(error) });
}
