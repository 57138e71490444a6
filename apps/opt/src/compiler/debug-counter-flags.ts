// The flags of debug counters, which both commands have.
import type { Flag } from '../cli/flags.js';

export const DEBUG_COUNTER_FLAGS: readonly Flag[] = [
  {
    name: 'debug-counter',
    value: 'NAME:SKIP:COUNT',
    repeat: true,
    help: 'Of all applications of a pattern, of folds (`fold`), of cse (`cse-hit`) or runs of a pass skip the first SKIP, let COUNT happen, and refuse the rest; may be repeated.',
  },
  { name: 'print-debug-counters', help: 'Report how often each pattern, fold and pass was applied.' },
];
