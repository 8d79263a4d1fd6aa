// The HTTP interface of a process that answers no API: whether it is alive and ready, how it is doing, and its metrics.
import type { ServerResponse } from 'node:http';
import type { GatewayDependencies } from '../dependencies.ts';
import type { Gateway } from '../gateway.ts';
import { mount } from '../http/mount.ts';
import { createApiServer } from '../http/server.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { gatewayMetrics } from '../metrics.ts';
import { operationRoutes } from './routes.ts';

type Dependencies = Pick<GatewayDependencies, 'settings' | 'status' | 'clock' | 'metrics' | 'logger'>;

/** @throws KeyFileUnusable, NoKeys */
export function createOperationsServer(dependencies: Dependencies): Pick<Gateway, 'listen' | 'close'> {
  const { settings, clock, logger } = dependencies;
  const metrics = gatewayMetrics(dependencies.metrics);
  const keys = new KeyRing(settings, logger);
  const inFlight = new Set<ServerResponse>();
  let closing = false;
  const app = mount({
    routes: operationRoutes({ ...dependencies, isClosing: () => closing }),
    pages: [],
    keys,
    nowMs: () => clock.nowMs(),
    inFlight,
    settings,
    metrics,
    logger,
  });
  const server = createApiServer({ app, settings, inFlight, metrics, logger });
  return {
    listen: async () => {
      const { address, port } = await server.listen();
      keys.watch();
      return { host: address, port };
    },
    close: async () => {
      if (closing) return;
      closing = true;
      await server.close();
      keys.close();
    },
  };
}
