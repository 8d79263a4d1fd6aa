// Every way a request can fail, as RFC 9457 problems. Whatever else a handler throws is a bug or a dependency that is away.

/** What is wrong at one place: a JSON pointer into the body, or the name of a parameter in the address. */
export type Wrong =
  { readonly pointer: string; readonly detail: string } | { readonly parameter: string; readonly detail: string };

export interface ProblemOptions {
  readonly errors?: readonly Wrong[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the answer, such as the results of each event. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** The request can't be answered as asked; `detail` says what to do about it. */
export class Problem extends Error {
  readonly kind = 'Problem';
  readonly status: number;
  readonly options: ProblemOptions;

  constructor(status: number, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.status = status;
    this.options = options;
  }
}

/** The client went away before its request was whole: there is nobody to answer. */
export class ClientGone extends Error {
  readonly kind = 'ClientGone';
}

/** True for what the log and the stores throw while disk, broker or Redis can't be used: the same request may work later. */
export function isUnavailable(error: unknown): error is Error & { kind: 'DependencyUnavailable' } {
  return error instanceof Error && 'kind' in error && error.kind === 'DependencyUnavailable';
}

/** True when the disk takes nothing new because it is full or nearly so; a disk that fails in other ways says so in its cause. */
export function isOutOfRoom(error: Error): boolean {
  if (!('dependency' in error) || error.dependency !== 'disk') return false;
  const { cause } = error;
  return cause === undefined || (cause instanceof Error && 'code' in cause && fullCodes.has(cause.code));
}

const fullCodes = new Set<unknown>(['ENOSPC', 'EDQUOT']);
