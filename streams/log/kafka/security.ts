// How connections to the brokers are encrypted and who we say we are. The same for every client library.

export interface KafkaSecurity {
  /** Left out: not encrypted. `true`: with the machine's authorities. */
  readonly tls?: true | TlsSettings;
  /** Left out: anonymous, or known by the client certificate. */
  readonly sasl?: SaslSettings;
}

/** All in PEM. */
export interface TlsSettings {
  /** Authorities to trust in place of the machine's. */
  readonly ca?: string;
  /** Ours, when the brokers ask for one (mTLS), with its key. */
  readonly certificate?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

export type SaslSettings =
  | { readonly mechanism: PasswordMechanism; readonly username: string; readonly password: string }
  | { readonly mechanism: 'OAUTHBEARER'; readonly token: TokenSource };

export type PasswordMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

/** Asked at each connection and when a broker wants to see us again: answers a token that is good for a while. */
export type TokenSource = () => Promise<string>;
