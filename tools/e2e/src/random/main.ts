// Command line of the fuzzer: `npm run fuzz -- --programs=100000 --seed=1`.
import { parseArgs } from 'node:util';
import { describeFailure, fuzz } from './fuzz.js';
import { ELEMENTS } from './program.js';

const { values } = parseArgs({
  options: {
    programs: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    configurations: { type: 'string', default: '3' },
    ops: { type: 'string', default: '12' },
    failures: { type: 'string', default: '1' },
    'control-flow': { type: 'boolean', default: false },
    types: { type: 'string' },
  },
});
const number = (name: 'programs' | 'seed' | 'configurations' | 'ops' | 'failures'): number => {
  const n = Number(values[name]);
  if (Number.isInteger(n) && n >= 0) return n;
  console.error(`--${name}=${values[name]}: expected a whole number`);
  process.exit(2);
};
const types = values.types?.split(',').flatMap((name) => ELEMENTS.filter((e) => e === name));
if (types?.length !== values.types?.split(',').length) {
  console.error(`--types=${values.types}: expected some of ${ELEMENTS.join(',')}`);
  process.exit(2);
}
const programs = number('programs');
const start = performance.now();
let last = start;
const failures = fuzz({
  programs,
  seed: number('seed'),
  perProgram: number('configurations'),
  maxOps: number('ops'),
  maxFailures: number('failures'),
  ...(types ? { types } : {}),
  ...(values['control-flow'] ? { controlFlow: 'often' } : {}),
  onProgress(done, failed) {
    const now = performance.now();
    if (now - last < 10_000 && done !== programs) return;
    last = now;
    console.log(
      `${done} of ${programs} programs, ${failed} failed, ${Math.round((done / (now - start)) * 1000)} programs/s`,
    );
  },
  onFailure(found) {
    console.log(describeFailure(found));
    const flags = ['ops', 'types', 'configurations'] as const;
    const same = flags.flatMap((name) => (values[name] === undefined ? [] : [` --${name}=${values[name]}`])).join('');
    console.log(
      `again: npm run fuzz -- --programs=1 --seed=${found.seed}${same}${values['control-flow'] ? ' --control-flow' : ''}\n`,
    );
  },
});
process.exit(failures.length > 0 ? 1 : 0);
