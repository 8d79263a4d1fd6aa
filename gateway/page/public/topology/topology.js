// The topology view: the graph is drawn once, its counts follow each second.
import { get } from '../frame/api.js';
import { byId, element, setText } from '../frame/elements.js';
import { repeated } from '../frame/repeated.js';
import { asCount, asRate, counted } from '../words/numbers.js';
import { drawGraph } from './draw.js';
import { ratesBetween } from './rates.js';

const refreshMs = 1000;
/** Rates are over so many answers: what works in batches would flicker otherwise. */
const ratesOver = 5;

export function topologyView() {
  let drawn = null;
  /** The last answers, oldest first. */
  let former = [];
  const shown = repeated(
    async () => {
      const topology = await get('/api/v1/topology');
      byId('no-topology').hidden = true;
      drawn ??= drawGraph(byId('graph'), topology);
      const rates = ratesBetween(former[0] ?? null, topology);
      former = [...former, topology].slice(-ratesOver);
      drawn.show(topology, rates);
      showStages(topology.stages);
      showTable(topology, rates);
    },
    refreshMs,
    () => {
      if (drawn === null) setText(byId('no-topology'), 'The graph could not be read. Trying again…');
    },
  );
  return { open: shown.start, close: shown.stop };
}

function showStages(stages) {
  byId('stages').replaceChildren(
    ...stages.map(({ name, tasks, tasks_running, lag_records, rejected }) =>
      element(
        'li',
        {},
        element('strong', {}, name),
        tasks === tasks_running
          ? `${counted(tasks, 'task')} running`
          : element('span', { dataset: { wrong: '' } }, `${tasks_running} of ${tasks} tasks running`),
        ` · ${asCount(lag_records)} waiting · `,
        rejected === 0
          ? 'nothing put aside'
          : element('a', { href: '#/dead-letters' }, `${asCount(rejected)} put aside`),
      ),
    ),
  );
}

function showTable({ edges }, rates) {
  byId('edges').replaceChildren(
    ...edges.map(({ from, kind, to, records }, index) =>
      element(
        'tr',
        {},
        element('td', {}, from.replace(':', ' ')),
        element('td', {}, kind),
        element('td', {}, to.replace(':', ' ')),
        element('td', { className: 'number' }, rates[index] === null ? '–' : asRate(rates[index])),
        element('td', { className: 'number' }, records === null ? '–' : asCount(records)),
      ),
    ),
  );
}
