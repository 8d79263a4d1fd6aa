/** A file or a choice can't be evaluated. Verdict: say so on standard error, exit 2. */
export class EvaluationRefused extends Error {
  readonly kind = 'EvaluationRefused';
}
