// The driver's security settings as the client library takes them.
import { AuthenticationError, type ConnectionOptions } from '@platformatic/kafka';
import type { KafkaSecurity, SaslSettings, TlsSettings } from '../security.ts';

export function connectionSecurity({ tls, sasl }: KafkaSecurity): Pick<ConnectionOptions, 'tls' | 'sasl'> {
  return {
    ...(tls === undefined ? {} : { tls: tls === true ? {} : tlsOptions(tls) }),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
  };
}

function tlsOptions({ ca, certificate, key, passphrase }: TlsSettings): NonNullable<ConnectionOptions['tls']> {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

function saslOptions(sasl: SaslSettings): NonNullable<ConnectionOptions['sasl']> {
  if (sasl.mechanism === 'OAUTHBEARER')
    return { mechanism: 'OAUTHBEARER', token: sasl.token, authBytesValidator: refuseAnswers };
  return { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password };
}

/** Who is let in gets an empty answer; a token that is refused, one without error code, and with the reason in it (RFC 7628). */
const refuseAnswers: NonNullable<NonNullable<ConnectionOptions['sasl']>['authBytesValidator']> = (answer, callback) => {
  if (answer.length === 0) callback(null, answer);
  else callback(new AuthenticationError(`The token was refused: ${answer.toString()}`));
};
