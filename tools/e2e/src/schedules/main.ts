// `npm run fuzz:schedules`: random schedules of random kernels. Flags: --help.
import { runCommand } from '../command-line.js';
import { describeCounts, fuzzSchedules } from './fuzz.js';

const FLAGS = {
  programs: ['N', '100', 'random kernels'],
  schedules: ['N', '10', 'schedules of each'],
  seed: ['N', '1', 'of the first kernel'],
  failures: ['N', '3', 'failures after which it ends'],
  reasons: ['', '', 'also why steps were refused'],
} as const;

await runCommand(
  'npm run fuzz:schedules -- [flags]: schedules against the interpreter, refusals against brute force',
  FLAGS,
  (line) => {
    let last = performance.now();
    const { counts, failures, schedules } = fuzzSchedules({
      programs: line.whole('programs'),
      seed: line.whole('seed'),
      perProgram: line.whole('schedules'),
      maxFailures: line.whole('failures', 1),
      onProgress(done, failed) {
        if (performance.now() - last < 5000) return;
        last = performance.now();
        console.error(`${done} programs, ${failed} failures`);
      },
      onFailure: (text) => console.error(`\n${text}\n`),
    });
    console.log(describeCounts(counts, { reasons: line.has('reasons') }));
    console.log(`${schedules} schedules, ${failures.length} failures`);
    for (const failure of failures) console.log(`\n${failure}`);
    return failures.length > 0 ? 1 : 0;
  },
);
