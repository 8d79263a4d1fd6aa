// What can be wrong with the file of keys, and who is told: the operator at the command line or at the start of the server.

/** The file can't be read, or holds something else than keys. Verdict: refuse to start; a running server keeps the keys that it has. */
export class KeyFileUnusable extends Error {
  readonly kind = 'KeyFileUnusable';
}

/** Another command is changing the file, or died while it did. Verdict: say so, change nothing. */
export class KeyFileBusy extends Error {
  readonly kind = 'KeyFileBusy';
}

/** Other machines can reach the server, but there is no key that would let anybody in. Verdict: refuse to start. */
export class NoKeys extends Error {
  readonly kind = 'NoKeys';
}
