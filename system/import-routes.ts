import type { Route } from '../gateway/http/route.ts';
import type { Log } from '../streams/log/log.ts';
export function importRoutes(_log: Log, _prefix: string): readonly Route[] { return []; }
