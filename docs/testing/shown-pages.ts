/** Pages whose `sh` blocks without a note are run one after the other against a real system, as they stand. */
export const shownPages = [
  'README.md',
  'docs/api.md',
  'docs/troubleshooting.md',
  'docs/performance-tuning.md',
] as const;
