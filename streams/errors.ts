// Every way the runtime can fail, each with the verdict the task gives it. Callers switch on `kind`.

/** A record that can't be used: undecodable, fails its schema, too late. Verdict: dead-letter it in the same transaction. */
export class RecordRejected extends Error {
  readonly kind = 'RecordRejected';
  /** A short, bounded label for metrics and the dead letter's header, such as `undecodable` or `too_late`. */
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A handler threw: a bug. Verdict: after some identical failures at one offset stop the task loudly; by setting, dead-letter. */
export class HandlerFailed extends Error {
  readonly kind = 'HandlerFailed';
  readonly processor: string;

  constructor(processor: string, cause: unknown) {
    super(`processor ${processor} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.processor = processor;
  }
}

/** Broker, disk, registry, Redis or warehouse can't be used right now. Verdict: never skip; pause, back off, not ready after a limit. */
export class DependencyUnavailable extends Error {
  readonly kind = 'DependencyUnavailable';
  readonly dependency: string;

  constructor(dependency: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.dependency = dependency;
  }
}

/** Another owner opened the task's transactional id. Verdict: close without touching the store, rejoin the group. */
export class TaskFenced extends Error {
  readonly kind = 'TaskFenced';
}

/** The commit's answer was lost: it may have happened or not. Verdict: drop transactor and overlay, start again from `fence`. */
export class CommitUnclear extends Error {
  readonly kind = 'CommitUnclear';
}

/** The transaction was aborted, nothing of it is visible. Verdict: drop the overlay, seek back, go on. */
export class TransactionAborted extends Error {
  readonly kind = 'TransactionAborted';
}

/**
 * The local store is torn, foreign, too old or ahead of the log. Verdict: wipe it and restore from the log. Of a sink's target: it has
 * lost what was written to it. Verdict: read the log again from where it stands.
 */
export class StateUnusable extends Error {
  readonly kind = 'StateUnusable';
}

/** The data folder can't be opened: foreign, newer, corrupt or in use. The message says what to do. Verdict: refuse to start. */
export class DataFolderRefused extends Error {
  readonly kind = 'DataFolderRefused';
}

/** A definition, topic or setting contradicts another one. Verdict: refuse to start. */
export class Misconfigured extends Error {
  readonly kind = 'Misconfigured';
}

/** An invariant of ours is broken. Verdict: crash the process. */
export class Bug extends Error {
  readonly kind = 'Bug';
}

export type StreamsError =
  | RecordRejected
  | HandlerFailed
  | DependencyUnavailable
  | TaskFenced
  | CommitUnclear
  | TransactionAborted
  | StateUnusable
  | DataFolderRefused
  | Misconfigured
  | Bug;

export function isStreamsError(error: unknown): error is StreamsError {
  return error instanceof Error && 'kind' in error && typeof error.kind === 'string';
}
