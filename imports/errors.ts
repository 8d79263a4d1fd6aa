// Every way an import can fail as a whole. A line that can't be used is no failure: it is rejected, counted and reported.

/** The mapping, the file or the command contradicts itself. Nothing was imported. Verdict: tell what to change, exit 2. */
export class ImportRefused extends Error {
  readonly kind = 'ImportRefused';
}

/** Log or server can't take more. What was committed stays. Verdict: tell that the same command goes on, exit 1. */
export class ImportInterrupted extends Error {
  readonly kind = 'ImportInterrupted';
}

/** A line that can't be used; the message says why. Verdict: report it, go on with the next. */
export class LineRejected extends Error {
  readonly kind = 'LineRejected';
}
