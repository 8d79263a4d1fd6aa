// The HTTP interface: puts the routes together, listens, and stops without cutting anybody off.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { itemRoutes } from './catalogue/item-routes.ts';
import { rankingRoutes } from './catalogue/ranking-routes.ts';
import { documentRoutes } from './contract/routes.ts';
import { ConsentDecisions } from './customers/consent-decisions.ts';
import { customerRoutes } from './customers/routes.ts';
import { KnownErasures } from './deletions/known-erasures.ts';
import { deletionRoutes } from './deletions/routes.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { mount } from './http/mount.ts';
import { Insight } from './insight/routes.ts';
import { interactionRoutes } from './interactions/receive.ts';
import { LiveStream } from './live/live-stream.ts';
import { gatewayMetrics } from './metrics.ts';
import { operationRoutes } from './operations/routes.ts';
import { pageRouter } from './page/page-routes.ts';
import { recommendationRoutes } from './recommendations/routes.ts';
import { ruleRoutes } from './rules/routes.ts';
import { RuleBook } from './rules/rule-book.ts';
import { ServingReads } from './serving-reads.ts';

export interface Gateway {
  readonly app: Express;
  /** Resolves with the address once requests are answered. @throws Error when the port is taken. */
  listen(): Promise<{ readonly host: string; readonly port: number }>;
  /** Takes no new requests, lets those in flight finish within SHUTDOWN_GRACE_MS, then resolves. */
  close(): Promise<void>;
}

const headersTimeoutMs = 10_000;
/** Longer than most proxies keep theirs, so that it is they who close a connection that nobody uses. */
const keepAliveTimeoutMs = 65_000;
const closeIdleEveryMs = 50;

export function createGateway(dependencies: GatewayDependencies): Gateway {
  const { settings, logger, routes = [], version } = dependencies;
  const metrics = gatewayMetrics(dependencies.metrics);
  const reads = new ServingReads(dependencies);
  const decisions = new ConsentDecisions(reads);
  const erasures = new KnownErasures(reads);
  const rules = new RuleBook(dependencies);
  const live = new LiveStream({ ...dependencies, reads });
  const insight = new Insight(dependencies);
  let closing = false;

  // The routes that are called most come first: Express asks them in this order.
  const all = [
    ...recommendationRoutes({ ...dependencies, reads, rules, count: metrics.served }),
    ...interactionRoutes({ ...dependencies, reads, decisions, count: metrics.events }),
    ...customerRoutes({ ...dependencies, reads, decisions, erasures }),
    ...deletionRoutes({ ...dependencies, reads, decisions, erasures }),
    ...itemRoutes({ ...dependencies, reads }),
    ...rankingRoutes({ ...dependencies, reads }),
    ...ruleRoutes({ ...dependencies, rules }),
    ...operationRoutes({ ...dependencies, isClosing: () => closing }),
    ...live.routes(),
    ...insight.routes(),
    ...routes,
  ];
  const app = mount({
    routes: [...all, ...documentRoutes(all, version)],
    routers: [pageRouter()],
    settings,
    metrics,
    logger,
  });

  const server = createServer(app);
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = settings.requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;

  return {
    app,
    listen: async () => {
      await rules.look().catch((error: unknown) => logger.warn({ err: error }, 'the rules could not be read yet'));
      await listening(server, settings.apiHost, settings.apiPort);
      const { address, port } = server.address() as AddressInfo; // We listen on TCP, never on a pipe.
      logger.info({ host: address, port, keys: settings.apiKeys.length }, 'the gateway answers');
      return { host: address, port };
    },
    close: async () => {
      if (closing) return;
      closing = true;
      live.close();
      insight.close();
      await closed(server, settings.shutdownGraceMs);
      logger.info('the gateway has stopped');
    },
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
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
