// Programs that make V8 compile what runs usually need, before what it compiled is written to the code cache: see
// bin/start.js. Only coverage counts; nothing is printed and no file is read or written.
import { FileError } from '../cli/errors.js';
import type { Io, Main } from '../cli/io.js';
import { runCli } from '../cli/run-cli.js';

const INTEGER_BINARY =
  'addi subi muli andi ori xori shli shrsi shrui divsi divui remsi remui maxsi maxui minsi minui ceildivsi ceildivui floordivsi';
const FLOAT_BINARY = 'addf subf mulf divf remf maximumf minimumf maxnumf minnumf';
const MATH_UNARY =
  'absf atan cbrt ceil cos erf exp exp2 expm1 floor log log10 log1p log2 round roundeven rsqrt sin sqrt tan tanh trunc';
const MATH_BINARY = 'atan2 copysign powf';
const MATH_INTEGER = 'absi ctlz cttz ctpop';
const CONVERSIONS = [
  'extsi %a : i32 to i64',
  'extui %a : i32 to i64',
  'trunci %l : i64 to i32',
  'sitofp %a : i32 to f32',
  'uitofp %a : i32 to f32',
  'fptosi %x : f32 to i32',
  'fptoui %x : f32 to i32',
  'extf %x : f32 to f64',
  'truncf %d : f64 to f32',
  'bitcast %x : f32 to i32',
  'index_cast %a : i32 to index',
  'index_castui %i : index to i32',
];
/** How often the function stands in the module: tables grow, and passes meet more than one function. */
const FUNCTIONS = 24;

const words = (text: string) => text.split(' ');

/** A module of scalar ops: folding, merging, dead and live ops. */
function scalarModule(): string {
  const integer = { type: 'i32', operands: ['%a', '%b', '%c0', '%c1', '%c5', '%a'] };
  const float = { type: 'f32', operands: ['%x', '%y', '%f0', '%f1', '%f2', '%x'] };
  const values: string[] = [];
  const lines: string[] = [];
  const define = (text: string, { isUsed }: { readonly isUsed: boolean }, type: string) => {
    const name = `%${lines.length}`;
    lines.push(`  ${name} = ${text}`);
    if (isUsed) values.push(`  func.call @use_${type}(${name}) : (${type}) -> ()`);
  };
  const binary = (names: readonly string[], { type, operands }: typeof integer) => {
    for (const [i, name] of names.entries())
      for (let k = 0; k < 4; k++) {
        const left = operands[(i + k) % operands.length];
        const right = operands[(i + 2 * k + 1) % operands.length];
        define(`${name} ${left}, ${right} : ${type}`, { isUsed: k !== 1 }, type);
      }
  };
  binary(
    words(INTEGER_BINARY).map((name) => `arith.${name}`),
    integer,
  );
  binary([...words(FLOAT_BINARY).map((name) => `arith.${name}`), ...words(MATH_BINARY).map((n) => `math.${n}`)], float);
  for (const name of words(MATH_UNARY)) {
    define(`math.${name} %x : f32`, { isUsed: true }, 'f32');
    define(`math.${name} %f2 : f32`, { isUsed: true }, 'f32');
  }
  for (const name of words(MATH_INTEGER)) {
    define(`math.${name} %a : i32`, { isUsed: true }, 'i32');
    define(`math.${name} %c5 : i32`, { isUsed: true }, 'i32');
  }
  for (const text of CONVERSIONS) define(`arith.${text}`, { isUsed: false }, 'i32');
  for (const predicate of ['eq', 'slt', 'ult'])
    for (const pair of ['%a, %b', '%a, %a', '%c1, %c5'])
      define(`arith.cmpi ${predicate}, ${pair} : i32`, { isUsed: true }, 'i1');
  for (const predicate of ['oeq', 'olt', 'une'])
    for (const pair of ['%x, %y', '%f1, %f2']) define(`arith.cmpf ${predicate}, ${pair} : f32`, { isUsed: true }, 'i1');
  define('arith.negf %x : f32', { isUsed: true }, 'f32');
  define('math.fma %x, %y, %f1 : f32', { isUsed: true }, 'f32');
  define('math.ipowi %a, %c5 : i32', { isUsed: true }, 'i32');
  define('arith.select %t, %a, %b : i32', { isUsed: true }, 'i32');
  define('arith.select %p, %x, %x : f32', { isUsed: true }, 'f32');
  const body = [
    ...[0, 1, 5].map((c) => `  %c${c} = arith.constant ${c} : i32`),
    ...[0, 1, 2].map((c) => `  %f${c} = arith.constant ${c}.5 : f32`),
    '  %t = arith.constant true',
    ...lines,
    ...values,
  ].join('\n');
  const uses = ['i1', 'i32', 'f32'].map((type) => `func.func private @use_${type}(${type})\n`).join('');
  const head = '(%a: i32, %b: i32, %x: f32, %y: f32, %p: i1, %l: i64, %d: f64, %i: index)';
  return `${uses}${Array.from({ length: FUNCTIONS }, (_, n) => `func.func @f${n}${head} {\n${body}\n  return\n}\n`).join('')}
func.func @blocks(%n: i32) -> i32 {
  %zero = arith.constant 0 : i32
  cf.br ^head(%zero : i32)
^head(%k: i32):
  %more = arith.cmpi slt, %k, %n : i32
  cf.cond_br %more, ^body, ^end
^body:
  %one = arith.constant 1 : i32
  %next = arith.addi %k, %one : i32
  cf.br ^head(%next : i32)
^end:
  return %k : i32
}
`;
}

/** Softmax of the rows of a product: elementwise, reductions, broadcasts, a contraction. */
const ARRAYS = `func.func @main(%a: tensor<40x48xf32>, %b: tensor<48x32xf32>) -> tensor<40x32xf32> {
  %zero = array.constant dense<0.0> : tensor<f32>
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %x = array.dot_general %a, %b contract = [1] x [0] : tensor<40x48xf32>, tensor<48x32xf32> -> tensor<40x32xf32>
  %m = array.reduce max %x init %low dims = [1] : tensor<40x32xf32>, tensor<f32> to tensor<40xf32>
  %mb = array.broadcast %m dims = [0] : tensor<40xf32> to tensor<40x32xf32>
  %d = array.sub %x, %mb : tensor<40x32xf32>
  %e = array.exp %d : tensor<40x32xf32>
  %s = array.reduce add %e init %zero dims = [1] : tensor<40x32xf32>, tensor<f32> to tensor<40xf32>
  %sb = array.broadcast %s dims = [0] : tensor<40xf32> to tensor<40x32xf32>
  %r = array.div %e, %sb : tensor<40x32xf32>
  return %r : tensor<40x32xf32>
}
`;

/** A world of given files, where nothing can be heard. */
function silentIo(files: Readonly<Record<string, string>>): Io {
  const bytes = (path: string) => new TextEncoder().encode(files[path]);
  return {
    stdout() {},
    stderr() {},
    stdinIsTerminal: false,
    stdoutIsTerminal: false,
    stdin: async () => bytes('-'),
    readFile(path) {
      if (files[path] === undefined) throw new FileError(`cannot read '${path}': no such file`, path, 'ENOENT');
      return bytes(path);
    },
    exists: (path) => files[path] !== undefined,
    writeFile() {},
    makeFolder() {},
    neighbours: () => [],
  };
}

export const TRAINING_RUNS: readonly (readonly [command: string, argv: readonly string[]])[] = [
  ['bud-opt', ['empty.mlir']],
  ['bud-opt', ['scalars.mlir', '--canonicalize', '--cse']],
  ['bud-opt', ['scalars.mlir', '--canonicalize', '--cse', '-o', 'out.mlir']],
  ['bud-opt', ['arrays.mlir', '--canonicalize', '--cse']],
  ['bud-opt', ['arrays.mlir', '-O3', '--target=wasm32-simd128']],
  ['bud-opt', ['arrays.mlir', '-O3', '--target=wasm32-simd128', '--emit=wasm', '-o', 'out.wasm']],
  ['bud-opt', ['wrong.mlir']],
  ['bud-opt', ['--help']],
  ['bud-run', ['arrays.mlir', '--random=1', '--target=wasm32-simd128']],
];

/** Runs the programs; what a command says about them is of no interest here (a test looks at it). */
export async function train(commands: ReadonlyMap<string, () => Promise<Main>>): Promise<void> {
  for (const [name, argv] of TRAINING_RUNS) {
    const main = await commands.get(name)?.();
    if (main) await runCli(name, main, argv, silentIo(TRAINING_FILES));
  }
}

export const TRAINING_FILES: Readonly<Record<string, string>> = {
  'empty.mlir': 'module {\n}\n',
  'scalars.mlir': scalarModule(),
  'arrays.mlir': ARRAYS,
  'wrong.mlir': 'func.func @f(%x: i32) -> i32 {\n  %0 = arith.addi %x, %y : i32\n  return %0 : i32\n}\n',
};
