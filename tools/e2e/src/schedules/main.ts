// Command line of the fuzzer of schedules: `npm run fuzz:schedules -- --programs=1000 --schedules=10 --seed=1`.
import { parseArgs } from 'node:util';
import { describeCounts, fuzzSchedules } from './fuzz.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '100' },
    schedules: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    failures: { type: 'string', default: '3' },
    reasons: { type: 'boolean', default: false },
  },
});
const number = (name: 'programs' | 'schedules' | 'seed' | 'failures'): number => {
  const n = Number(values[name]);
  if (Number.isInteger(n) && n >= 0) return n;
  console.error(`--${name}=${values[name]}: expected a whole number`);
  process.exit(2);
};
let last = performance.now();
const { counts, failures, schedules } = fuzzSchedules({
  programs: number('programs'),
  seed: number('seed'),
  perProgram: number('schedules'),
  maxFailures: number('failures'),
  onProgress(done, failed) {
    if (performance.now() - last < 5000) return;
    last = performance.now();
    console.error(`${done} programs, ${failed} failures`);
  },
});
console.log(describeCounts(counts, { reasons: values.reasons }));
console.log(`${schedules} schedules, ${failures.length} failures`);
for (const failure of failures) console.log(`\n${failure}`);
process.exit(failures.length > 0 ? 1 : 0);
