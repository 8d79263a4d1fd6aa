// What the dashboards show. Their files are written by deploy/grafana/write-dashboards.ts; a test asks a real Prometheus every query.
import { series, stat, type Dashboard } from './panels.ts';

const rate = '$__rate_interval';
/** What customers ask; probes and operators would hide it. */
const api = 'route=~"/api/.*"';
const requests = 'freshet_http_request_duration_seconds';

/** The value below which this share of the observations lies. */
function quantile(share: number, histogram: string, selector = '', by = ''): string {
  const labels = ['le', ...(by === '' ? [] : [by])].join(', ');
  return `histogram_quantile(${share}, sum by (${labels}) (rate(${histogram}_bucket${selector}[${rate}])))`;
}

function perSecond(counter: string, by: string, selector = ''): string {
  return `sum by (${by}) (rate(${counter}${selector}[${rate}]))`;
}

/** What was counted in that time, the first one too: its series begins with it, so that no increase tells of it. */
function since(counter: string, time: string): string {
  return `(${counter} unless ${counter} offset ${time}) or increase(${counter}[${time}])`;
}

/** Of what happens rarely there is no series before the first time. */
function orNone(expr: string): string {
  return `${expr} or vector(0)`;
}

const freshness = series(
  'Freshness',
  's',
  {
    p50: quantile(0.5, 'freshet_freshness_seconds'),
    p99: quantile(0.99, 'freshet_freshness_seconds'),
  },
  'From accepted to readable.',
);
const lag = series('Records that wait', 'short', { '{{stage}}': 'sum by (stage) (freshet_consumer_lag_records)' });
const inference = series(
  'Scoring of one customer, p99',
  's',
  { '{{model}}': quantile(0.99, 'freshet_model_inference_duration_seconds', '', 'model') },
  'blend: in the stage; session: in the gateway, of whom only a session is known.',
);
const eventLoop = series(
  'Event loop delay',
  's',
  { '{{instance}}': 'max by (instance) (freshet_event_loop_delay_seconds)' },
  'How long anything waits for its turn, 99th percentile between two scrapes.',
);
const served = series('Lists by algorithm', 'reqps', {
  '{{algorithm}}': perSecond('freshet_recommendations_served_total', 'algorithm'),
});

export const dashboards: readonly Dashboard[] = [
  {
    uid: 'freshet-overview',
    title: 'Freshet: overview',
    rows: [
      {
        title: 'Now',
        panels: [
          stat('Freshness, p99', 's', quantile(0.99, 'freshet_freshness_seconds')),
          stat('Events a second', 'short', `sum(rate(freshet_records_written_total{topic="interactions"}[${rate}]))`),
          stat('Lists a second', 'reqps', `sum(rate(freshet_recommendations_served_total[${rate}]))`),
          stat('Records that wait', 'short', 'sum(freshet_consumer_lag_records)'),
          stat('Dead letters, last hour', 'short', orNone(`sum(${since('freshet_records_rejected_total', '1h')})`)),
          stat('Failed requests, last hour', 'percentunit', 'freshet:http_errors:ratio_rate1h'),
        ],
      },
      {
        title: 'From event to list',
        panels: [
          freshness,
          series('Events written', 'short', { '{{topic}}': perSecond('freshet_records_written_total', 'topic') }),
          lag,
        ],
      },
      {
        title: 'Reading',
        panels: [
          series('Lists: latency', 's', {
            p50: quantile(0.5, requests, '{route=~"/api/v1/recommendations.*",method="GET"}'),
            p99: quantile(0.99, requests, '{route=~"/api/v1/recommendations.*",method="GET"}'),
          }),
          served,
          series('Answers by status', 'reqps', { '{{status}}': perSecond(`${requests}_count`, 'status', `{${api}}`) }),
        ],
      },
      {
        title: 'Processes',
        panels: [
          series('Versions that run', 'short', { '{{version}}': 'count by (version) (freshet_build_info)' }),
          series('Parts that are not ready', 'short', { '{{part}}': 'count by (part) (freshet_part_ready) - sum by (part) (freshet_part_ready)' }), // prettier-ignore
          series('Tasks by state', 'short', { '{{stage}} {{state}}': 'sum by (stage, state) (freshet_task_state)' }),
        ],
      },
    ],
  },
  {
    uid: 'freshet-runtime',
    title: 'Freshet: runtime',
    rows: [
      {
        title: 'Stages',
        panels: [
          series('Records handled', 'short', { '{{stage}} {{topic}}': perSecond('freshet_records_consumed_total', 'stage, topic') }), // prettier-ignore
          lag,
          series(
            'From event time to commit, p99',
            's',
            { '{{stage}}': quantile(0.99, 'freshet_record_delay_seconds', '', 'stage') },
            'Large also when events come late: phones that were offline, imports.',
          ),
          series('Records put aside', 'short', { '{{stage}} {{reason}}': orNone(`sum by (stage, reason) (${since('freshet_records_rejected_total', '5m')})`) }), // prettier-ignore
          series('What processors counted', 'short', { '{{stage}} {{reason}}': orNone(perSecond('freshet_records_noted_total', 'stage, reason')) }), // prettier-ignore
          inference,
        ],
      },
      {
        title: 'Transactions',
        panels: [
          series('By outcome', 'short', { '{{stage}} {{outcome}}': perSecond('freshet_transactions_total', 'stage, outcome') }), // prettier-ignore
          series('Commit, p99', 's', { '{{stage}}': quantile(0.99, 'freshet_transaction_duration_seconds', '', 'stage') }), // prettier-ignore
          series('Records in a transaction', 'short', {
            '{{stage}}': `${perSecond('freshet_records_consumed_total', 'stage')} / ${perSecond('freshet_transactions_total', 'stage', '{outcome="committed"}')}`,
          }),
        ],
      },
      {
        title: 'Tasks',
        panels: [
          series('By state', 'short', { '{{stage}} {{state}}': 'sum by (stage, state) (freshet_task_state)' }),
          series('Lag of each', 'short', { '{{stage}}/{{partition}}': 'sum by (stage, partition) (freshet_consumer_lag_records)' }), // prettier-ignore
          series('Work without a commit', 's', { '{{stage}}/{{partition}}': 'max by (stage, partition) (freshet_task_stalled_seconds)' }), // prettier-ignore
          series('Records left to restore', 'short', { '{{stage}}': orNone('sum by (stage) (freshet_restore_remaining_records)') }), // prettier-ignore
          series('Assignments', 'short', { '{{stage}}': 'sum by (stage) (increase(freshet_rebalances_total[5m]))' }),
          series('Records in lookups', 'short', { '{{lookup}}': 'max by (lookup) (freshet_lookup_records)' }),
        ],
      },
      {
        title: 'Processes',
        panels: [
          series('Processor time', 'percentunit', { '{{instance}}': `rate(process_cpu_seconds_total[${rate}])` }),
          series('Memory', 'bytes', { '{{instance}}': 'process_resident_memory_bytes' }),
          series('Heap', 'bytes', { '{{instance}}': 'nodejs_heap_size_used_bytes' }),
          series('Garbage collection', 'percentunit', { '{{instance}} {{kind}}': `rate(nodejs_gc_duration_seconds_sum[${rate}])` }), // prettier-ignore
          eventLoop,
          series('Local stores', 'bytes', {
            '{{instance}} {{store}}': 'sum by (instance, store) (freshet_store_bytes)',
          }),
        ],
      },
    ],
  },
  {
    uid: 'freshet-gateway',
    title: 'Freshet: gateway',
    rows: [
      {
        title: 'Promises',
        panels: [
          stat('Failed, last hour', 'percentunit', 'freshet:http_errors:ratio_rate1h', 'Promised: 0.1 % in 30 days.'),
          stat('Failed, last 3 days', 'percentunit', 'freshet:http_errors:ratio_rate3d'),
          stat('Budget used at this pace, ×', 'short', 'freshet:http_errors:ratio_rate1h / 0.001', '1 uses it up in 30 days.'), // prettier-ignore
          stat('Slow, last hour', 'percentunit', 'freshet:http_slow:ratio_rate1h', 'Lists that took more than 50 ms. Promised: 1 % in 30 days.'), // prettier-ignore
          stat('Slow, last 6 hours', 'percentunit', 'freshet:http_slow:ratio_rate6h'),
          stat('Lists from a fallback', 'percentunit', `(${orNone(`sum(rate(freshet_recommendations_served_total{fallback="true"}[${rate}]))`)}) / sum(rate(freshet_recommendations_served_total[${rate}]))`), // prettier-ignore
        ],
      },
      {
        title: 'Requests',
        panels: [
          series('By route', 'reqps', { '{{method}} {{route}}': perSecond(`${requests}_count`, 'method, route') }),
          series('By status', 'reqps', { '{{status}}': perSecond(`${requests}_count`, 'status') }),
          series('Turned away', 'reqps', { '{{reason}}': orNone(perSecond('freshet_http_requests_refused_total', 'reason')) }), // prettier-ignore
          series('Latency', 's', {
            p50: quantile(0.5, requests, `{${api}}`),
            p99: quantile(0.99, requests, `{${api}}`),
            'p99.9': quantile(0.999, requests, `{${api}}`),
          }),
          series('Latency by route, p99', 's', { '{{route}}': quantile(0.99, requests, `{${api}}`, 'route') }),
          eventLoop,
        ],
      },
      {
        title: 'What is answered',
        panels: [
          served,
          series('Lists by fallback', 'reqps', { '{{fallback}}': perSecond('freshet_recommendations_served_total', 'fallback') }), // prettier-ignore
          series('Interactions received', 'short', { '{{outcome}}': perSecond('freshet_interactions_received_total', 'outcome') }), // prettier-ignore
          freshness,
          inference,
          series('Memory', 'bytes', { '{{instance}}': 'process_resident_memory_bytes' }),
        ],
      },
    ],
  },
];
