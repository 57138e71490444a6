// The demo proper: one report for each example. Compiled code runs interleaved with its rivals; correctness decides the
// exit code, speed never does.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { enableRelaxedSimd, wasmTargetForThisEngine } from '@budflow/target/node';
import { compile } from 'budflow';
import { EXAMPLE_NAMES, example } from './examples/index.mjs';
import { EXAMPLES, OUT } from './lib/paths.mjs';
import { writePng } from './lib/png.mjs';
import { interpret, interpreterVerdict } from './oracle.mjs';
import { compare } from './reference/compare.mjs';
import { expected } from './reference/expected.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    numerics: { type: 'string', default: 'default' },
    target: { type: 'string' },
    seconds: { type: 'string', default: '0.5' },
    corrupt: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
  },
});
const log = options.json ? (text) => process.stderr.write(`${text}\n`) : console.log;
const unknown = positionals.find((name) => !EXAMPLE_NAMES.includes(name));
if (unknown) {
  console.error(`unknown example "${unknown}": there is ${EXAMPLE_NAMES.join(', ')}`);
  process.exit(2);
}
if (!['strict', 'default', 'fast'].includes(options.numerics)) {
  console.error(`--numerics=${options.numerics}: expected strict, default or fast`);
  process.exit(2);
}

enableRelaxedSimd();
const target = options.target ?? wasmTargetForThisEngine().name;
const seconds = Number(options.seconds);
const reports = [];
let failed = false;

log(`target ${target}, numerics ${options.numerics}, Node ${process.versions.node}\n`);
for (const name of positionals.length ? positionals : EXAMPLE_NAMES) {
  const report = demonstrate(name);
  reports.push(report);
  if (!report.ok) failed = true;
}
if (options.json)
  console.log(
    JSON.stringify({ target, numerics: options.numerics, node: process.versions.node, ok: !failed, examples: reports }),
  );
else log(failed ? 'FAILED: a result is wrong (see above).' : 'All results are right.');
process.exit(failed ? 1 : 0);

function demonstrate(name) {
  const file = join(EXAMPLES, name, `${name}.mlir`);
  const text = readFileSync(file, 'utf8');
  log(`== ${name} (${relative(process.cwd(), file)})`);
  const definition = example(name);
  const args = definition.inputs();
  const reference = expected(name, args);
  const outputs = Object.entries(reference.outputs);

  const module = compile(text, { target, numerics: options.numerics });
  const unfused = compile(text, { target, numerics: options.numerics, fuse: false });
  const plain = definition.plain(args);
  const runs = { fused: prepare(module, args), unfused: prepare(unfused, args), plain };

  // 1. The code.
  const { report } = module;
  log(
    `   ops ${report.opsBefore} -> ${report.kernels} kernels, ${report.loopsAfter} loops (unfused: ${unfused.report.kernels} kernels)`,
  );
  log(
    `   temporary memory ${kib(unfused.report.temporaryBytes)} unfused -> ${kib(report.temporaryBytesUnshared)} fused -> ${kib(report.temporaryBytes)} shared`,
  );
  log(`   ${report.wasmBytes} bytes of Wasm, compiled in ${report.compileMs.toFixed(1)} ms`);

  // 2. The results.
  runs.fused.run();
  const results = runs.fused.results();
  if (options.corrupt === '1') flipBit(results[0].data);
  const oracle = interpret(text, { target, numerics: options.numerics }, args);
  const match = interpreterVerdict(outputs, results, oracle, options.numerics);
  log(`   ${match.text}`);
  let ok = match.ok;
  const actual = Object.fromEntries(
    outputs.map(([output, tensor], i) => [output, { ...tensor, data: results[i].data }]),
  );
  const verdicts = compare(name, actual, reference);
  for (const verdict of verdicts) {
    log(`   float64 reference: ${verdict.ok ? 'ok' : 'WRONG'}: ${verdict.text}`);
    ok &&= verdict.ok;
  }
  const extra = { ...definition.figures?.(actual, args) };
  for (const [figure, value] of Object.entries(extra)) log(`   ${figure.padEnd(12)} ${Number(value.toPrecision(6))}`);
  const pictures = Object.entries(definition.pictures?.(actual, args) ?? {});
  if (pictures.length) {
    extra.pictures = pictures.map(([picture]) => join(OUT, name, `${picture}.png`));
    for (const [i, [, picture]] of pictures.entries()) writePng(extra.pictures[i], picture);
    log(`   pictures: ${extra.pictures.map((p) => relative(process.cwd(), p)).join(', ')}`);
  }

  // 3. The speed.
  const times = interleave(runs, seconds);
  const { bytes, flops } = definition.work;
  const rate = bytes
    ? `${(bytes / times.fused.median / 1e6).toFixed(2)} GB/s`
    : `${(flops / times.fused.median / 1e6).toFixed(2)} GFLOP/s`;
  log(`   ${times.fused.median.toFixed(3)} ms a run (min ${times.fused.min.toFixed(3)}), ${rate}`);
  log(
    `   ${(times.plain.median / times.fused.median).toFixed(1)}x plain JavaScript loops (${times.plain.median.toFixed(2)} ms), ${(times.unfused.median / times.fused.median).toFixed(1)}x the unfused program (${times.unfused.median.toFixed(2)} ms)\n`,
  );
  runs.fused.dispose();
  runs.unfused.dispose();
  return { name, ok, match, verdicts, times, rate, ...figures(report), unfused: figures(unfused.report), ...extra };
}

/** The numbers of a compile report. */
function figures({ remarks, ...rest }) {
  return { ...rest, remarks: remarks.length };
}

/** Inputs and results resident in the module's memory; `run` allocates nothing. */
function prepare(module, args) {
  const specs = module.functions.main.compiled.arguments;
  const resident = Object.values(args).map((t, i) =>
    specs[i].kind === 'scalar' ? t.data[0] : module.array(t.data, t.shape),
  );
  const out = module.call('main', resident);
  return {
    run: () => module.call('main', resident, { out }),
    results: () => out.map((array) => ({ shape: array.shape, data: array.data.slice() })),
    dispose: () => {
      for (const array of [...resident, ...out]) if (typeof array === 'object') array.dispose();
    },
  };
}

/** Each rival in turn, again and again; milliseconds. */
function interleave(runs, secondsEach) {
  const samples = Object.fromEntries(Object.keys(runs).map((key) => [key, []]));
  const end = performance.now() + 1000 * secondsEach * Object.keys(runs).length;
  do {
    for (const [key, { run }] of Object.entries(runs)) {
      const start = performance.now();
      run();
      samples[key].push(performance.now() - start);
    }
  } while (performance.now() < end || samples.plain.length < 5);
  return Object.fromEntries(
    Object.entries(samples).map(([key, list]) => {
      const sorted = list.slice().sort((a, b) => a - b);
      return [key, { median: sorted[sorted.length >> 1], min: sorted[0], runs: sorted.length }];
    }),
  );
}

/** The lowest bit of the byte in the middle of the data. */
function flipBit(data) {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  bytes[(bytes.length >> 3) << 2] ^= 1;
}

function kib(bytes) {
  return bytes >= 1 << 20 ? `${(bytes / (1 << 20)).toFixed(1)} MiB` : `${(bytes / 1024).toFixed(1)} KiB`;
}
