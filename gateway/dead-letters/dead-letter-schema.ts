// A dead letter as the document shows it: what `describe-dead-letter.ts` answers.
import { named, nullable } from '../contract/json-schema.ts';
import * as shown from '../contract/shown.ts';

export const deadLetterSchema = named(
  'DeadLetter',
  shown.shape({
    position: shown.text('Where it stands in the topic of dead letters.'),
    timestamp: shown.time(),
    reason: shown.text(),
    message: shown.text(),
    stage: shown.text(),
    processor: shown.text(),
    source: shown.shape({ topic: shown.text(), partition: shown.number(), offset: shown.number() }),
    key: nullable(shown.text()),
    bytes: nullable(shown.whole('null: a deletion.')),
    value: nullable(shown.text('The first bytes, in base64.')),
    event: { description: 'The value by its topic’s schema; null when it can’t be read with it.' },
  }),
);

export const deadLettersSchema = named(
  'DeadLetters',
  shown.shape({
    total: shown.whole('All that can still be read.'),
    dead_letters: shown.list(deadLetterSchema, 'Newest first.'),
    next: nullable(shown.text('Pass it on as `before` to get older ones; null when there are none.')),
  }),
);
