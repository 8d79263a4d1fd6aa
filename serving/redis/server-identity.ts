// Whether a certificate is that of the server which was asked for. Memorystore's have an authority for each instance, and name the
// instance's address only as their subject, where Node does not look for addresses.
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/** For certificates of an authority that was named, not of those whom everybody trusts. Answers what is wrong, as Node's own does. */
export function checkNamedServer(host: string, certificate: PeerCertificate): Error | undefined {
  const problem = checkServerIdentity(host, certificate);
  const hasAddresses = /IP Address:/.test(certificate.subjectaltname ?? '');
  const isSubject = isIP(host) !== 0 && !hasAddresses && certificate.subject?.CN === host;
  return isSubject ? undefined : problem;
}
