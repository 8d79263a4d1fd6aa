// All commands, in the order in which help lists them.
import type { Command } from './command.ts';
import { serverOptions } from './server-options.ts';

const { key, 'key-file': keyFile, json } = serverOptions;
const folderOptions = {
  'data-dir': { type: 'string', value: '<folder>', doc: 'The data folder. Default: DATA_DIR, else ./data.' },
  json,
} as const;

export const commands: readonly Command[] = [
  {
    name: 'start',
    summary: 'Runs Freshet: log, processors, API and page in one process.',
    usage: '',
    description:
      'Runs until it gets SIGINT or SIGTERM, then stops in order. Everything is set by environment variables, which\n' +
      'docs/configuration.md lists; with none set it serves http://127.0.0.1:8000, keeps its data in ./data and runs an\n' +
      'invented shop.',
    options: {},
    examples: [
      { line: 'freshet start', doc: 'with the invented shop' },
      { line: 'DEMO=off DATA_DIR=/srv/freshet API_PORT=9000 freshet start', doc: 'for data of your own' },
    ],
    load: () => import('./commands/start.ts'),
  },
  {
    name: 'run',
    summary: 'Runs a part of Freshet, where several processes share brokers.',
    usage: '<roles…>',
    operands: { count: 'many', complete: ['customers', 'items', 'rankings', 'serve', 'gateway'] },
    description:
      'The roles are the stages (customers, items, rankings), serve, which copies their tables into Redis, and gateway, which\n' +
      'answers the API. Give one process one of them or several, and as many processes the same as you like: they divide the\n' +
      'partitions. Each needs a DATA_DIR of its own, in which it keeps local state; lost, that is rebuilt from the log.\n' +
      'Needs KAFKA_BROKERS, and REDIS_URL unless serve and gateway are one process.',
    options: {},
    examples: [
      { line: 'KAFKA_BROKERS=kafka:9092 DATA_DIR=/srv/a freshet run customers', doc: 'one of several' },
      {
        line: 'KAFKA_BROKERS=kafka:9092 REDIS_URL=redis://redis:6379 freshet run items rankings serve',
        doc: 'the others together',
      },
    ],
    load: () => import('./commands/run.ts'),
  },
  {
    name: 'gateway',
    summary: 'Runs the API alone, in front of brokers and Redis.',
    usage: '',
    description:
      'The same as freshet run gateway. Reads need Redis only; while brokers are away, writes are answered 503. Run as many as\n' +
      'you need behind a load balancer.',
    options: {},
    examples: [{ line: 'KAFKA_BROKERS=kafka:9092 REDIS_URL=redis://redis:6379 freshet gateway', doc: 'the API' }],
    load: () => import('./commands/gateway.ts'),
  },
  {
    name: 'import',
    summary: 'Imports interactions, items or customers from CSV, TSV or JSON lines.',
    usage: '<files…> --mapping <yaml>',
    operands: { count: 'many', complete: 'files' },
    description:
      'A mapping says which columns become which fields: docs/importing.md explains it, examples/4-import has some to\n' +
      'start from. Files may be of any size, gzipped or not. Interrupted in whatever way, the same command goes on where\n' +
      'it was: no line is lost or imported twice, and a file that was imported before is left alone. Lines that can’t be\n' +
      'used are counted, and listed with their reasons in a report.\n\n' +
      'It goes to the server of --url, else into the data folder: directly while no server runs on it, else through that\n' +
      'server.',
    options: {
      mapping: { type: 'string', short: 'm', value: '<yaml>', doc: 'How lines become fields. Required.' },
      'data-dir': { type: 'string', value: '<folder>', doc: 'The data folder. Default: DATA_DIR, else ./data.' },
      url: { type: 'string', value: '<url>', doc: 'A running server, such as http://127.0.0.1:8000.' },
      key,
      'key-file': keyFile,
      'dry-run': { type: 'boolean', short: 'n', doc: 'Shows what the first lines would become; imports nothing.' },
      limit: {
        type: 'string',
        value: '<lines>',
        doc: 'Stops after so many lines of each file; without it, goes on from there.',
      },
      rejected: {
        type: 'string',
        value: '<file>',
        doc: 'Where lines that can’t be used are listed. Default: <file>.rejected.jsonl beside each file.',
      },
      'show-rejected': { type: 'string', value: '<n>', doc: 'Prints the first so many of them at once. Default: 5.' },
      json,
    },
    examples: [
      { line: 'freshet import orders.csv.gz -m orders.yaml --dry-run', doc: 'is the mapping right?' },
      { line: 'freshet import orders.csv.gz -m orders.yaml', doc: 'into ./data' },
      {
        line: 'freshet import 2026-*.jsonl -m clicks.yaml --url https://example.net --key-file key',
        doc: 'into a server',
      },
    ],
    load: () => import('./commands/import.ts'),
  },
  {
    name: 'evaluate',
    summary: 'Tells how good recommendations are, by replaying what happened.',
    usage: '--protocol <name> --train <files> --test <files>',
    description:
      'Learns from some files and asks for lists at each step of others, before it is shown what happened next. The protocols:\n' +
      '\n' +
      '  sessions  the next item of a session. A session a line, item ids separated by blanks, oldest first; or a header\n' +
      '            with a session, an item and a time, and a click a line\n' +
      '  topn      what a customer has later. A user and their items a line, separated by blanks; or user, item, rating, time\n' +
      '            separated by commas or tabs, with a header or without\n' +
      '  prequential  the next thing of a customer, event by event in order of time: each is asked for, then learnt. freshet is\n' +
      '            what the running system would have served. Needs no --train; what it has is learnt first\n' +
      '  baskets   what the next basket of a customer holds, basket by basket: a header with a customer, a basket, an item and a\n' +
      '            time. With --items, what comes back is learnt by category\n' +
      '  counterfactual  what another policy would have earned on logged impressions: item_id, click, propensity_score. With\n' +
      '            --log, what your own lists would have if nothing had been tried out in them\n' +
      '\n' +
      'Parameters are chosen on a part of the training data, never on the test; without --algorithms the algorithm too. Several\n' +
      'files are joined by commas. The same files give the same answer, to the byte, with --without-timings.\n' +
      'docs/evaluation.md explains metrics and algorithms.',
    options: {
      protocol: {
        type: 'string',
        value: '<name>',
        choices: ['sessions', 'topn', 'prequential', 'baskets', 'counterfactual'],
        doc: 'Required.',
      },
      train: { type: 'string', value: '<files>', doc: 'What is learnt from. Required.' },
      test: { type: 'string', value: '<files>', doc: 'What is predicted. Required.' },
      log: {
        type: 'boolean',
        doc: 'prequential, counterfactual: instead of files, what is in the data folder, or on the brokers of KAFKA_BROKERS.',
      },
      'data-dir': { type: 'string', value: '<folder>', doc: 'With --log. Default: DATA_DIR, else ./data.' },
      'leave-last-out': { type: 'boolean', doc: 'topn: instead of --test, the last of each user.' },
      'min-rating': {
        type: 'string',
        value: '<n>',
        doc: 'topn, prequential: what counts as liked. Default: everything.',
      },
      limit: { type: 'string', value: '<n>', doc: 'prequential: only so many events.' },
      algorithms: { type: 'string', value: '<a,b>', doc: 'Default: the one that is best on the validation split.' },
      k: { type: 'string', value: '<10,20>', doc: 'Lengths of the lists. Default: 10,20.' },
      'min-prefix': {
        type: 'string',
        value: '<n>',
        doc: 'sessions: items seen before the first question. Default: 1.',
      },
      'without-current': { type: 'boolean', doc: 'sessions: the item looked at is no answer.' },
      compare: { type: 'string', value: '<a,b>', doc: 'Tests whether the two differ, on the same events.' },
      sample: {
        type: 'string',
        value: '<share>',
        doc: 'Asks for this share of the test sessions or customers, such as 0.1.',
      },
      from: {
        type: 'string',
        value: '<time>',
        doc: 'Asks for what happened from then on only. Needs times; a session counts by its end.',
      },
      until: { type: 'string', value: '<time>', doc: 'Asks for what happened before only.' },
      items: {
        type: 'string',
        value: '<files>',
        doc: 'topn: an id and texts of items, so that these count too. baskets: a column for the category.',
      },
      diversity: {
        type: 'string',
        value: '<n>',
        doc: 'topn with --items: how unlike the items of a list should be, from 0 to 1.',
      },
      html: { type: 'string', value: '<file>', doc: 'Writes a page with plots.' },
      'weight-max': { type: 'string', value: '<n>', doc: 'counterfactual: larger weights are cut there. Default: 10.' },
      'without-timings': { type: 'boolean', doc: 'Leaves out what differs from run to run.' },
      json,
    },
    examples: [
      {
        line: 'freshet evaluate --protocol sessions --train train.txt.gz --test test.txt.gz',
        doc: 'the best there is',
      },
      {
        line: 'freshet evaluate --protocol sessions --train train.txt --test test.txt --compare blend,vmis_knn --html report.html',
        doc: 'is one better than the other?',
      },
      {
        line: 'freshet evaluate --protocol prequential --log --algorithms freshet,popularity',
        doc: 'how good the lists of your own customers were',
      },
    ],
    load: () => import('./commands/evaluate.ts'),
  },
  {
    name: 'train recommend',
    summary: 'Trains the model that lists are made with, from the log.',
    usage: '',
    description:
      'Reads the history from the data folder, or from the brokers of KAFKA_BROKERS, without being in the way of what runs\n' +
      'there; learns whose tastes are alike (EASE, ALS, NMF, a spectral filter or item-kNN, whichever does best on the latest\n' +
      'tenth of the history), which items are described alike, what is bought again, and what is sought when; and writes the\n' +
      'model into MODELS_DIR. If it does at least as well as the one in use on what happened since that was trained, running\n' +
      'servers use it from then on. People who refuse consent or deleted themselves are not learnt from, nor are programs.\n' +
      'docs/models.md tells more.',
    options: {
      'data-dir': { type: 'string', value: '<folder>', doc: 'The data folder. Default: DATA_DIR, else ./data.' },
      url: serverOptions.url,
      key,
      'key-file': keyFile,
      algorithms: {
        type: 'string',
        value: '<a,b>',
        doc: 'Tries only these of ease, als, nmf, spectral_filter, item_knn.',
      },
      'fit-weights': {
        type: 'boolean',
        doc: 'Learns also what each source of a list should count, by replaying the latest events, and in each placement, from what was taken there; takes some minutes.',
      },
      force: { type: 'boolean', doc: 'Puts it to use however it does.' },
      json,
    },
    examples: [
      { line: 'freshet train recommend', doc: 'from ./data, such as every night' },
      { line: 'freshet train recommend --algorithms als --force', doc: 'to see how it does' },
    ],
    load: () => import('./commands/train-recommend.ts'),
  },
  {
    name: 'status',
    summary: 'Tells how a running server is doing.',
    usage: '',
    description:
      'Asks the server of --url, else the one that the settings API_HOST and API_PORT name. Exits with 1 when it is not\n' +
      'ready, with 3 when it does not answer.',
    options: serverOptions,
    examples: [
      { line: 'freshet status', doc: 'at a glance' },
      { line: 'freshet status --json | jq .lag_records', doc: 'for scripts' },
    ],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'keys add',
    summary: 'Makes a key for the API and prints it, this once.',
    usage: '<name> --scope <scope+…>',
    operands: { count: 'one', complete: 'nothing' },
    description:
      'The name says who uses the key. Only a hash of it is kept, in the data folder, beside which the keys of API_KEYS hold.\n' +
      'A running server knows a new key within a second. To change one without a gap, add the new one, give it to its users\n' +
      'and revoke the old one.\n\n' +
      'A key for web pages (--browser) can be read by everybody who visits them. It can do nothing but send interactions and\n' +
      'impressions, and only from pages of its origins.',
    options: {
      scope: { type: 'string', value: '<scope+…>', doc: 'What it may: ingest, read, admin, joined by +.' },
      browser: { type: 'boolean', doc: 'A key for web pages; needs --origin instead of --scope.' },
      origin: {
        type: 'string',
        value: '<origin,…>',
        doc: 'Where those pages come from, such as https://shop.example.',
      },
      expires: { type: 'string', value: '<when>', doc: 'Days from now (90d) or a day (2031-05-01). Default: never.' },
      ...folderOptions,
    },
    examples: [
      { line: 'freshet keys add shop-backend --scope ingest+read', doc: 'for a server of the shop' },
      { line: 'freshet keys add shop-pages --browser --origin https://shop.example', doc: 'for the shop’s own pages' },
    ],
    load: () => import('./commands/add-key.ts'),
  },
  {
    name: 'keys list',
    summary: 'Lists the keys that were added, without what would let anybody in.',
    usage: '',
    description: 'Those of API_KEYS are not among them.',
    options: folderOptions,
    examples: [{ line: 'freshet keys list', doc: 'ids, names, scopes and when they expire' }],
    load: () => import('./commands/list-keys.ts'),
  },
  {
    name: 'keys revoke',
    summary: 'Takes a key back.',
    usage: '<id>',
    operands: { count: 'one', complete: 'nothing' },
    description:
      'The id is that of the list; a name does as well when no other key has it. A running server follows within a second.',
    options: folderOptions,
    examples: [{ line: 'freshet keys revoke 3f9a2c1b', doc: 'whoever uses it gets 401 from now on' }],
    load: () => import('./commands/revoke-key.ts'),
  },
  {
    name: 'topology',
    summary: 'Prints which processors run, what they read and what they write.',
    usage: '',
    description: 'The graph is read from the definitions that `freshet start` runs. Nothing is started.',
    options: {
      format: {
        type: 'string',
        value: 'text|mermaid|json',
        choices: ['text', 'mermaid', 'json'],
        doc: 'Default: text.',
      },
      json: { type: 'boolean', doc: 'The same as --format json.' },
    },
    examples: [
      { line: 'freshet topology', doc: 'as text' },
      { line: 'freshet topology --format mermaid', doc: 'as a diagram for Markdown' },
    ],
    load: () => import('./commands/topology.ts'),
  },
  {
    name: 'topics diff',
    summary: 'Compares the topics of the brokers with what they should be.',
    usage: '',
    description:
      'Asks the brokers of KAFKA_BROKERS and changes nothing. Exits with 1 when something is missing or differs.',
    options: { json },
    examples: [{ line: 'KAFKA_BROKERS=kafka:9092 freshet topics diff', doc: 'before an upgrade' }],
    load: () => import('./commands/diff-topics.ts'),
  },
  {
    name: 'topics apply',
    summary: 'Creates the topics that are missing at the brokers.',
    usage: '',
    description:
      'What is there already is left as it is, and what differs is told: partition counts are never changed, as keys would\n' +
      'move away from their state. With KAFKA_CREATE_TOPICS=on every process does the same when it starts.',
    options: { json },
    examples: [{ line: 'KAFKA_BROKERS=kafka:9092 PARTITIONS=48 freshet topics apply', doc: 'before the first start' }],
    load: () => import('./commands/apply-topics.ts'),
  },
  {
    name: 'schemas apply',
    summary: 'Keeps changed schemas, and registers them where SCHEMA_REGISTRY_URL says.',
    usage: '',
    description:
      'First in the folder schemas: what has changed is kept in schemas/history as a new version. Then, with\n' +
      'SCHEMA_REGISTRY_URL, in that registry: every kept version of every topic, and the rule BACKWARD_TRANSITIVE, by which\n' +
      'a new version must read what all former ones wrote. What is there already is left alone, so it can be run at each\n' +
      'deployment, before the new programs start. Exits with 1 when a schema is refused; docs/schemas.md says why that\n' +
      'happens and what to do.',
    options: { json },
    examples: [
      { line: 'freshet schemas apply', doc: 'after a schema was edited, in a clone' },
      {
        line: 'SCHEMA_REGISTRY_URL=http://localhost:8081 freshet schemas apply',
        doc: 'before the new version is rolled out',
      },
    ],
    load: () => import('./commands/apply-schemas.ts'),
  },
  {
    name: 'schemas check',
    summary: 'Says what `schemas apply` would do. Changes nothing.',
    usage: '',
    description:
      'Exits with 1 when something is missing, has another rule or would be refused, with 3 when the registry does not\n' +
      'answer.',
    options: { json },
    examples: [
      { line: 'freshet schemas check', doc: 'in CI: was a changed schema forgotten?' },
      { line: 'freshet schemas check --json | jq -r .differences[].subject', doc: 'which subjects differ' },
    ],
    load: () => import('./commands/check-schemas.ts'),
  },
  {
    name: 'dead-letters list',
    summary: 'Lists what could not be used, newest first, with the reasons.',
    usage: '',
    description:
      'What no processor can use is put aside with its reason instead of being lost. Asks the server of --url, else the one\n' +
      'that API_HOST and API_PORT name.',
    options: {
      limit: { type: 'string', value: '<n>', doc: 'How many, up to 100. Default: 20.' },
      before: { type: 'string', value: '<cursor>', doc: 'Goes on where a former list ended, which says what to give.' },
      ...serverOptions,
    },
    examples: [
      { line: 'freshet dead-letters list', doc: 'the latest' },
      {
        line: "freshet dead-letters list --limit 100 --json | jq -r '.dead_letters[].reason' | sort | uniq -c",
        doc: 'how many for which reason',
      },
    ],
    load: () => import('./commands/list-dead-letters.ts'),
  },
  {
    name: 'dead-letters show',
    summary: 'Shows one of them with all that is known of it, its content too.',
    usage: '<position>',
    operands: { count: 'one', complete: 'nothing' },
    description:
      'The position is that of the list. The content is decoded where it can be, and always there in base64.',
    options: serverOptions,
    examples: [{ line: 'freshet dead-letters show 2:17', doc: 'offset 17 of partition 2' }],
    load: () => import('./commands/show-dead-letter.ts'),
  },
  {
    name: 'completion',
    summary: 'Prints a script with which your shell completes commands and options.',
    usage: 'bash|zsh|fish',
    operands: { count: 'one', complete: ['bash', 'zsh', 'fish'] },
    description:
      'The script completes the word freshet. In a clone, where the command is npx freshet, let freshet be a function first:\n' +
      '\n' +
      '  bash, zsh   freshet() { npx freshet "$@"; }\n' +
      '  fish        function freshet; npx freshet $argv; end',
    options: {},
    examples: [
      { line: 'source <(freshet completion bash)', doc: 'in ~/.bashrc' },
      { line: 'source <(freshet completion zsh)', doc: 'in ~/.zshrc, after compinit' },
      { line: 'freshet completion fish | source', doc: 'in ~/.config/fish/config.fish' },
    ],
    load: () => import('./commands/completion.ts'),
  },
];
