// Every way training can end without a model.

/** Nothing can be trained from this log, as the message says. Verdict: say so, exit 1; whatever is served stays. */
export class TrainingRefused extends Error {
  readonly kind = 'TrainingRefused';
}
