// What each layer of the gateway takes of a GET, in microseconds: the layers' own functions, called with a request as the server
// would hand it over, many times in a row. What Node does (parsing the request, writing to the socket) is in none of them.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { readSettings } from '../config/settings.ts';
import { withEtag } from '../gateway/http/etag.ts';
import { admit, identification } from '../gateway/http/access.ts';
import { jsonText, jsonType, send } from '../gateway/http/answer.ts';
import { CrossOrigin } from '../gateway/http/cors.ts';
import { requestLimits } from '../gateway/http/limits.ts';
import { mustAccept } from '../gateway/http/negotiation.ts';
import { PlainRoutes } from '../gateway/http/plain-routes.ts';
import { requestIdOf } from '../gateway/http/request-id.ts';
import { queryReader } from '../gateway/contract/parameters.ts';
import { KeyRing } from '../gateway/keys/key-ring.ts';
import { gatewayMetrics } from '../gateway/metrics.ts';
import { listParameters } from '../gateway/recommendations/question.ts';
import type { Figures } from './lib/bench.ts';
import { rounded } from './lib/quantiles.ts';

const CALLS = 100_000;
const ROUNDS = 7;
const KEY = 'for-the-bench-alone';
const PATH = '/api/v1/recommendations/:customer_id';
const BODY_CHARACTERS = 3_600;

export async function run(): Promise<Figures> {
  const layers = makeLayers();
  const us = Object.fromEntries(Object.entries(layers).map(([name, call]) => [name, rounded(leastUs(call))]));
  console.log(us);
  const each_request = Object.entries(us).reduce(
    (sum, [name, each]) => (name.startsWith('when_') ? sum : sum + each),
    0,
  );
  return { us_per_call: us, us_in_all: rounded(each_request) };
}

/** Those that begin with `when_` are not part of each request. */
function makeLayers(): Record<string, () => unknown> {
  const { settings } = readSettings({ API_KEYS: `${KEY}:admin`, RATE_LIMIT_PER_KEY: '1000000', DATA_DIR: '/nowhere' });
  const logger = pino({ level: 'info' });
  const keys = new KeyRing(settings, logger);
  const metrics = gatewayMetrics(new Registry());
  const timer = metrics.timer('GET', PATH);
  const identify = identification(keys, Date.now);
  const limit = requestLimits(settings, Date.now);
  const crossOrigin = new CrossOrigin({ corsOrigins: ['https://shop.example'] }, keys);
  const readQuery = queryReader(listParameters(settings));
  const routes = new PlainRoutes<string>();
  routes.add('GET', PATH, 'list');
  const request = aRequest();
  const caller = identify(request);
  const body = JSON.stringify('x'.repeat(BODY_CHARACTERS));
  const answer = withEtag(jsonText(200, body));
  const { headers } = limit(caller, request);
  const url = request.url ?? '';
  return {
    find_route: () => routes.find('GET', url),
    request_id: () => requestIdOf(request),
    cors: () => crossOrigin.headersFor(request, false),
    authenticate: () => identify(request),
    limit: () => limit(caller, request),
    authorise: () => admit(caller, { scope: 'read', method: 'GET', path: PATH }, undefined),
    validate_query: () => readQuery(new URLSearchParams('limit=10&placement=home'), []),
    negotiate: () => mustAccept(request, jsonType),
    // With the making of a response, which a server without layers does too.
    headers_and_body: () => send(new ServerResponse(request), answer, 'id-1', headers),
    count: () => metrics.served('session_knn', false),
    measure: () => timer(200, 1.5),
    log_line: () => logger.debug({ request_id: 'id-1', route: PATH, method: 'GET', status: 200 }, 'request'),
    when_made_anew_etag: () => withEtag(jsonText(200, body)),
  };
}

function aRequest(): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  return Object.assign(request, {
    method: 'GET',
    url: '/api/v1/recommendations/c-000123?limit=10&placement=home',
    headers: { host: '127.0.0.1', 'x-api-key': KEY, accept: 'application/json' },
  });
}

/** Of several rounds the quickest: what else the machine does only ever makes it slower. */
function leastUs(call: () => unknown): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startMs = performance.now();
    for (let calls = 0; calls < CALLS; calls += 1) call();
    least = Math.min(least, ((performance.now() - startMs) * 1000) / CALLS);
  }
  return least;
}
