// Which web pages of other origins may read answers. A browser asks before it sends what a form could not send, and keeps the
// answer from the page unless it names the page's origin.
//
// Pages of CORS_ORIGINS may call every route with a key of theirs. Pages of a browser key's origins may call what such a key may.
// No answer allows credentials: there are no cookies here, a page sends its key itself.
import type { IncomingMessage } from 'node:http';
import type { Settings } from '../../config/settings.ts';
import type { KeyRing } from '../keys/key-ring.ts';

type Headers = Readonly<Record<string, string>>;

const vary: Headers = { vary: 'Origin' };
const exposed = 'ETag, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id';
const sendable =
  'Authorization, Content-Type, Idempotency-Key, If-None-Match, Traceparent, Tracestate, X-API-Key, X-Request-Id';
/** As long as a revoked key's pages may go on without asking again; what they send is refused all the same. */
const maxAgeSeconds = '600';

export class CrossOrigin {
  readonly #everywhere: ReadonlySet<string>;
  readonly #keys: KeyRing;
  readonly #headers = new Map<string, Headers>();
  #browserOrigins: ReadonlySet<string>;

  constructor({ corsOrigins }: Pick<Settings, 'corsOrigins'>, keys: KeyRing) {
    this.#everywhere = new Set(corsOrigins);
    this.#keys = keys;
    this.#browserOrigins = keys.browserOrigins;
  }

  /** For an answer to this request, whatever it is. `forBrowsers`: a browser key may call the route. */
  headersFor(request: IncomingMessage, forBrowsers: boolean): Headers | undefined {
    if (this.#everywhere.size === 0 && this.#keys.browserOrigins.size === 0) return undefined;
    const { origin } = request.headers;
    return origin !== undefined && this.#mayRead(origin, forBrowsers) ? this.#headersOf(origin) : vary;
  }

  /** What a browser wants to know before it sends a request of this method; undefined when no such page may send it. */
  preflightHeaders(request: IncomingMessage, method: string, forBrowsers: boolean): Headers | undefined {
    const { origin } = request.headers;
    if (origin === undefined || !this.#mayRead(origin, forBrowsers)) return undefined;
    return {
      ...this.#headersOf(origin),
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      'access-control-allow-methods': method,
      'access-control-allow-headers': sendable,
      'access-control-max-age': maxAgeSeconds,
    };
  }

  #mayRead(origin: string, forBrowsers: boolean): boolean {
    return this.#everywhere.has(origin) || (forBrowsers && this.#keys.browserOrigins.has(origin));
  }

  /** Only for origins that are allowed, so there are no more of them than are configured. */
  #headersOf(origin: string): Headers {
    if (this.#browserOrigins !== this.#keys.browserOrigins) {
      this.#browserOrigins = this.#keys.browserOrigins;
      this.#headers.clear();
    }
    let headers = this.#headers.get(origin);
    if (headers === undefined) {
      headers = { ...vary, 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed };
      this.#headers.set(origin, headers);
    }
    return headers;
  }
}
