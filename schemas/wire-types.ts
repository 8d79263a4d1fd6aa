// Numbers of records that travel as JSON, as the log can keep them.
import { z } from 'zod';

/** Milliseconds since 1970, from the year 1 to 9999: others can't be written as dates of the API. */
export const wireTime = z.number().int().min(-62_135_596_800_000).max(253_402_300_799_999);

/** A long of Avro ends a little before the largest safe integer. */
export const wireCount = z
  .number()
  .int()
  .min(0)
  .max(2 ** 52);
