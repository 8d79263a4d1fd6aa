// Numbers of records that travel as JSON, as the log can keep them.
import { z } from 'zod';

/** The end of the year 9999: later times have no date of RFC 3339. */
export const LATEST_MS = 253_402_300_799_999;

/** Milliseconds since 1970, from the year 1 on. */
export const wireTime = z.number().int().min(-62_135_596_800_000).max(LATEST_MS);

/** A long of Avro ends a little before the largest safe integer. */
export const wireCount = z
  .number()
  .int()
  .min(0)
  .max(2 ** 52);
