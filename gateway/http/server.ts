// The server under the routes: how many connections it holds, how long they may take, and how it stops.
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Settings } from '../../config/settings.ts';
import type { HttpMetrics } from '../metrics.ts';
import { bodyAsked, frontDoor, refuseExpectation } from './front-door.ts';
import { overloadNotice } from './overload-notice.ts';
import { answerSocketErrors } from './socket-errors.ts';

export interface ApiServer {
  /** @throws Error when the port is taken */
  listen(): Promise<AddressInfo>;
  /** Takes no new requests and resolves when those in flight are answered, or cut off after SHUTDOWN_GRACE_MS. */
  close(): Promise<void>;
}

export interface ApiServerOptions {
  readonly app: RequestListener;
  readonly settings: Settings;
  readonly inFlight: ReadonlySet<ServerResponse>;
  readonly metrics: HttpMetrics;
  readonly logger: Logger;
}

const headerBytesMax = 16 * 1024;
const headersTimeoutMs = 10_000;
/** How often connections are looked through for requests that take too long. */
const slowCheckEveryMs = 1000;
/** Longer than most proxies keep theirs, so that it is they who close a connection that nobody uses. */
const keepAliveTimeoutMs = 65_000;
const closeIdleEveryMs = 50;
/** Connections that arrive while a turn of the event loop lasts wait here instead of being sent away. */
const waitingConnectionsMax = 4096;

export function createApiServer({ app, settings, inFlight, metrics, logger }: ApiServerOptions): ApiServer {
  const overload = overloadNotice(logger);
  const { requestsInFlightMax: inFlightMax, overloadDelayMs: waitMsMax, requestTimeoutMs: requestTimeout } = settings;
  const { listener, unanswered } = frontDoor({
    app,
    inFlight,
    inFlightMax,
    waitMsMax,
    metrics,
    onOverload: () => overload.note(),
  });
  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      headersTimeout: Math.min(headersTimeoutMs, requestTimeout),
      requestTimeout,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: slowCheckEveryMs,
      // It is asked for at the front door, which says so in the answer.
      requireHostHeader: false,
    },
    listener,
  );
  server.maxConnections = settings.connectionsMax;
  server.on('drop', () => metrics.refused('connections'));
  server.on('checkContinue', bodyAsked(listener, settings.requestBytesMax));
  server.on('checkExpectation', refuseExpectation);
  answerSocketErrors(server, unanswered, headerBytesMax, metrics);
  return {
    listen: async () => {
      await listening(server, settings);
      return server.address() as AddressInfo; // We listen on TCP, never on a pipe.
    },
    close: async () => {
      await closed(server, settings.shutdownGraceMs);
      overload.close();
    },
  };
}

function listening(
  server: Server,
  { apiHost: host, apiPort: port, gatewayWorkers }: Pick<Settings, 'apiHost' | 'apiPort' | 'gatewayWorkers'>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    const reusePort = gatewayWorkers > 1; // they share it, and the kernel deals the connections out
    server.listen({ host, port, reusePort, backlog: waitingConnectionsMax }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return Promise.resolve();
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection that was busy when we stopped listening stays open for a next request, which must not come.
    const idle = setInterval(() => server.closeIdleConnections(), closeIdleEveryMs);
    server.close(() => {
      clearTimeout(cutOff);
      clearInterval(idle);
      resolve();
    });
  });
}
