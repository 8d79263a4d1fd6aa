// What many routes have in common in the API's document: positions, problems, and what became of something that was written.
import { named, nullable, type JsonSchema } from './json-schema.ts';
import * as shown from './shown.ts';

export const position = named('Position', {
  ...shown.text('Where in the log something stands: pass it on as `min_position`.'),
  examples: ['3:1234', 'customers/3:12'],
});

export const wrong = named('Wrong', {
  description: 'What is wrong at one place: `pointer` leads into the body, `parameter` names one of the address.',
  ...shown.shape({ detail: shown.text() }, { pointer: shown.text('A JSON pointer.'), parameter: shown.text() }),
});

export const problem = named('Problem', {
  description: 'An error after RFC 9457. `detail` says what to do.',
  ...shown.shape(
    {
      type: shown.text(),
      title: shown.text(),
      status: shown.whole(),
      detail: shown.text(),
      request_id: shown.text('Also in the header `X-Request-Id`, and in the log output for answers from 500 on.'),
    },
    { errors: shown.list(wrong) },
  ),
});

export const ignored = shown.list(
  shown.text(),
  'Pointers to fields that nobody reads, so that a typo is not lost in silence. Left out when there are none.',
);

export const positionReached: JsonSchema = {
  ...shown.flag(
    'Whether the answer reflects `min_position`; null when none of the positions is in this one’s partition. Left out when nothing was asked for.',
  ),
  type: ['boolean', 'null'],
};

/** As the document shows it. */
export function problemExample(status: number, title: string, detail: string, errors?: readonly object[]) {
  return { type: 'about:blank', title, status, detail, ...(errors && { errors }), request_id: 'NN1Cpc0W-r' };
}

/** One that is answered under a condition of its own. */
export function problemAnswer(description: string, schema: JsonSchema = problem) {
  return { description, schema, contentType: 'application/problem+json' };
}

/** What a write of one thing answers. */
export function acceptedSchema(name: string, fields: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return named(name, shown.shape({ status: shown.choice(['accepted']), ...fields }, { ignored }));
}

/** What became of one of many: accepted in some way, or rejected with all that is wrong with it. */
export function bulkOutcome(name: string, used: JsonSchema): JsonSchema {
  const usedWithIgnored = { ...used, properties: { ...(used['properties'] as object), ignored } };
  const rejected = shown.shape({ status: shown.choice(['rejected']), errors: shown.list(wrong) });
  return named(name, { oneOf: [usedWithIgnored, rejected] });
}

/** What a write of many things answers: how many of each outcome, and each one's. */
export function bulkSchema(name: string, outcomes: readonly string[], outcome: JsonSchema): JsonSchema {
  return named(
    name,
    shown.shape({
      ...Object.fromEntries(outcomes.map((each) => [each, shown.whole()])),
      position: nullable(position),
      results: shown.list(outcome, 'In the order of the request.'),
    }),
  );
}

/** Headers of an answer to somebody who is to come back. */
export const retryAfter = {
  'Retry-After': { description: 'Seconds to wait.', required: true, schema: { type: 'integer' } },
} as const;
