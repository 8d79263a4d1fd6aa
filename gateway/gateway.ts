// The HTTP interface: puts the routes together, listens, and stops without cutting anybody off.
import type { ServerResponse } from 'node:http';
import { itemRoutes } from './catalogue/item-routes.ts';
import { rankingRoutes } from './catalogue/ranking-routes.ts';
import { ConsentDecisions } from './customers/consent-decisions.ts';
import { customerRoutes } from './customers/routes.ts';
import { deadLetterRoutes } from './dead-letters/routes.ts';
import { KnownErasures } from './deletions/known-erasures.ts';
import { deletionRoutes } from './deletions/routes.ts';
import type { GatewayDependencies } from './dependencies.ts';
import { RecentEvents } from './events/recent-events.ts';
import { forwarded, handlerOfForwarded, isRead, type HandleForwarded } from './http/forward.ts';
import { mount } from './http/mount.ts';
import { createApiServer } from './http/server.ts';
import { tracedLog } from './http/trace-context.ts';
import { identityRoutes } from './identities/routes.ts';
import { honouringIdempotencyKeys } from './idempotency/idempotency-key.ts';
import { impressionRoutes } from './impressions/routes.ts';
import { Insight } from './insight/routes.ts';
import { interactionRoutes } from './interactions/receive.ts';
import { KeyRing } from './keys/key-ring.ts';
import { LiveStream } from './live/live-stream.ts';
import { gatewayMetrics } from './metrics.ts';
import { operationRoutes } from './operations/routes.ts';
import { page } from './page/page-routes.ts';
import { recommendationRoutes } from './recommendations/routes.ts';
import { referenceRoutes } from './reference/routes.ts';
import { ruleRoutes } from './rules/routes.ts';
import { RuleBook } from './rules/rule-book.ts';
import { RememberedRankings } from './remembered-rankings.ts';
import { ServingReads } from './serving-reads.ts';

export interface Gateway {
  /** Handles a request that another thread's gateway has received. */
  readonly handle: HandleForwarded;
  /** Resolves with the address once requests are answered. @throws Error when the port is taken. */
  listen(): Promise<{ readonly host: string; readonly port: number }>;
  /** Takes no new requests, lets those in flight finish within SHUTDOWN_GRACE_MS, then resolves. */
  close(): Promise<void>;
}

/** @throws KeyFileUnusable, NoKeys */
export function createGateway(given: GatewayDependencies): Gateway {
  const dependencies = { ...given, log: tracedLog(given.log, given.tracing) };
  const { settings, logger, routes = [], version, handleWrites } = dependencies;
  const metrics = gatewayMetrics(dependencies.metrics);
  const reads = new ServingReads(dependencies);
  const remembered = new RememberedRankings(dependencies);
  const decisions = new ConsentDecisions(reads);
  const erasures = new KnownErasures(reads);
  const recentInteractions = new RecentEvents(dependencies);
  const recentImpressions = new RecentEvents(dependencies);
  const rules = new RuleBook(dependencies);
  const live = new LiveStream({ ...dependencies, reads });
  const insight = new Insight(dependencies);
  const keys = new KeyRing(settings, logger);
  const inFlight = new Set<ServerResponse>();
  let closing = false;

  // The routes that are called most come first: Express asks them in this order.
  const all = [
    ...recommendationRoutes({ ...dependencies, reads, remembered, rules, count: metrics.served }),
    ...interactionRoutes({ ...dependencies, reads, decisions, recent: recentInteractions, count: metrics.events }),
    ...impressionRoutes({ ...dependencies, reads, decisions, recent: recentImpressions }),
    ...identityRoutes({ ...dependencies, reads, decisions }),
    ...customerRoutes({ ...dependencies, reads, decisions, erasures }),
    ...deletionRoutes({ ...dependencies, reads, decisions, erasures }),
    ...itemRoutes({ ...dependencies, reads }),
    ...rankingRoutes({ ...dependencies, reads }),
    ...ruleRoutes({ ...dependencies, rules }),
    ...operationRoutes({ ...dependencies, isClosing: () => closing }),
    ...live.routes(),
    ...insight.routes(),
    ...deadLetterRoutes(dependencies),
    ...routes,
  ];
  const handled = all.map(honouringIdempotencyKeys(dependencies));
  const mounted =
    handleWrites === undefined
      ? handled
      : handled.map((route) => (isRead(route) ? route : forwarded(route, handleWrites)));
  const app = mount({
    routes: [...mounted, ...referenceRoutes(all, version)],
    pages: [page()],
    keys,
    nowMs: () => dependencies.clock.nowMs(),
    inFlight,
    settings,
    ...(given.limits && { limits: given.limits }),
    metrics,
    logger,
    tracing: given.tracing,
  });

  const server = createApiServer({ app, settings, inFlight, metrics, logger });

  return {
    handle: handlerOfForwarded(handled),
    listen: async () => {
      await rules.look().catch((error: unknown) => logger.warn({ err: error }, 'the rules could not be read yet'));
      const { address, port } = await server.listen();
      keys.watch();
      rules.watch();
      void remembered.follow();
      logger.info({ host: address, port, keys: keys.size }, 'the gateway answers');
      return { host: address, port };
    },
    close: async () => {
      if (closing) return;
      closing = true;
      live.close();
      insight.close();
      await server.close();
      keys.close();
      rules.close();
      remembered.close();
      logger.info('the gateway has stopped');
    },
  };
}
