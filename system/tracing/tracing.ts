// What records spans, as the parts of a process see it. Nothing here knows OpenTelemetry: that is loaded only when it is wanted.
import type { Logger } from 'pino';
import type { Settings } from '../../config/settings.ts';
import type { RequestTracing } from '../../gateway/http/trace-context.ts';
import type { SinkTarget } from '../../streams/index.ts';
import type { StageTracing } from '../../streams/run.ts';

export interface Tracing {
  readonly requests: RequestTracing;
  readonly stages: StageTracing;
  /** The same target; what it has written of traced records is recorded. */
  readonly target: (target: SinkTarget) => SinkTarget;
  /** Sends what is left. */
  readonly close: () => Promise<void>;
}

/** Undefined when nothing is to be recorded. What is opened is closed with `opened`. */
export async function openTracing(
  settings: Settings,
  version: string,
  logger: Logger,
  opened: AsyncDisposableStack,
): Promise<Tracing | undefined> {
  if (settings.traceEndpoint === '') return undefined;
  const { openTelemetry, tellingFailure, toCollector } = await import('./open-telemetry.ts');
  const failed = (reason: string) => logger.warn({ reason }, 'traces could not be sent');
  const exporter = tellingFailure(toCollector(settings), failed);
  const tracing = openTelemetry({ settings, version, exporter });
  opened.defer(() => tracing.close());
  return tracing;
}
