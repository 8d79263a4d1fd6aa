// Writes the dashboards' files: `node deploy/grafana/write-dashboards.ts`.
import { writeFileSync } from 'node:fs';
import { dashboards } from './dashboards.ts';
import { modelOf } from './panels.ts';

/** By path, what the files hold. */
export function dashboardFiles(): Map<string, string> {
  return new Map(
    dashboards.map((dashboard) => [
      `deploy/grafana/dashboards/${dashboard.uid}.json`,
      `${JSON.stringify(modelOf(dashboard), undefined, 1)}\n`,
    ]),
  );
}

if (import.meta.main) {
  for (const [path, content] of dashboardFiles()) writeFileSync(path, content);
}
