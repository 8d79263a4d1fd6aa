// The live view: charts, events, segments and rankings.
import { byId } from '../frame/elements.js';
import { showFigures, timeChart } from './charts.js';
import { eventList } from './events.js';
import { rankingPanel } from './rankings.js';
import { segmentPanel } from './segments.js';

export function liveView() {
  const charts = [
    timeChart(byId('throughput-chart'), [{ field: 'per_second', label: 'events a second' }], 'count'),
    timeChart(byId('freshness-chart'), medianAnd99('freshness'), 'duration'),
    timeChart(byId('latency-chart'), medianAnd99('latency'), 'duration'),
  ];
  const events = eventList();
  const panels = [segmentPanel(), rankingPanel()];
  return {
    open() {
      for (const panel of panels) panel.start();
      for (const chart of charts) chart.show();
    },
    close() {
      for (const panel of panels) panel.stop();
    },
    start(samples) {
      for (const chart of charts) chart.start(samples);
      for (const sample of samples) showFigures(sample);
    },
    sample(sample) {
      for (const chart of charts) chart.add(sample);
      showFigures(sample);
      events.leftOut(sample.left_out);
    },
    saw: (event, isFresh) => events.add(event, isFresh),
  };
}

function medianAnd99(what) {
  return [
    { field: `${what}_p50_ms`, label: 'median' },
    { field: `${what}_p99_ms`, label: '99 %' },
  ];
}
