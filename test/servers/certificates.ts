// An authority of our own for tests, made with openssl, and what it has signed.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';

/** PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

export class CertificateAuthority {
  readonly certificate: string;
  readonly #folder: string;

  /** `folder` takes its files. */
  constructor(folder: string) {
    this.#folder = folder;
    this.#openssl(['req', '-x509', ...newKey('ca'), '-out', 'ca.pem', '-days', '2', '-subj', '/CN=tests']);
    this.certificate = this.#read('ca.pem');
  }

  /** For `name`, when it answers at 127.0.0.1 or asks from anywhere. */
  sign(name: string): Certificate {
    writeFileSync(join(this.#folder, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
    this.#openssl(['req', ...newKey(name), '-out', `${name}.csr`, '-subj', `/CN=${name}`]);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
    this.#openssl(['x509', '-req', '-in', `${name}.csr`, ...signing, '-out', `${name}.pem`]);
    return { certificate: this.#read(`${name}.pem`), key: this.#read(`${name}.key`) };
  }

  #read(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8');
  }

  #openssl(args: readonly string[]): void {
    run('openssl', args, this.#folder);
  }
}

function newKey(name: string): string[] {
  return ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`];
}
