// Heats rounded down to steps of about 6 %: what is as busy as ever grows hotter with the time alone, and must not be written anew
// at every event. A pure function of the heat, so that what is written does not depend on how events were batched.

const STEPS_PER_UNIT = 16;

export function inSteps(heat: number): number {
  return Math.floor(heat * STEPS_PER_UNIT) / STEPS_PER_UNIT;
}
