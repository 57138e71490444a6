// Every op has an example. It must parse, verify, print, and read back as the same module, here and in mlir-opt.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { coreDialects } from './register.js';
import { parse, printModule } from './testing/text.js';

const MLIR_OPT = ['/usr/lib/llvm-16/bin/mlir-opt', '/usr/bin/mlir-opt-16'].find((p) => existsSync(p));
/** Ops that mlir-opt 16 does not have; math.sigmoid is ours alone. */
const NEWER_THAN_16 = new Set([
  // Functions that MLIR does not have of complex numbers.
  'complex.cbrt',
  'complex.asin',
  'complex.acos',
  'complex.atan',
  'complex.sinh',
  'complex.cosh',
  'complex.sigmoid',
  'arith.maximumf',
  'arith.minimumf',
  'arith.maxnumf',
  'arith.minnumf',
  'math.sigmoid',
  'math.sinh',
  'math.cosh',
  'math.asin',
  'math.acos',
  'math.asinh',
  'math.acosh',
  'math.atanh',
]);

/** Texts beside the examples: old and new spellings, flags, vectors and tensors. */
const FORMS_16 = `
func.func private @callee(i32 {llvm.noundef}, tensor<?x4xf32>) -> (f32, index {a.b})
func.func @forms(%a: f32, %b: f32, %i: i32, %j: index, %v: vector<4xf32>, %t: tensor<?xi8>, %m: vector<4xi1>, %c: i1) attributes {x.y = 1 : i32} {
  %0 = arith.addf %a, %b fastmath<fast> : f32
  %1 = arith.mulf %v, %v fastmath<nnan,contract> : vector<4xf32>
  %2 = arith.addi %t, %t {tag} : tensor<?xi8>
  %3 = arith.select %m, %v, %v : vector<4xi1>, vector<4xf32>
  %4 = arith.select %c, %t, %t : tensor<?xi8>
  %5 = arith.cmpi ult, %j, %j : index
  %6 = arith.cmpf une, %v, %v : vector<4xf32>
  %7 = arith.constant dense<[1, 2, 3, 4]> : vector<4xi64>
  %8 = arith.constant -7 : index
  %9 = arith.constant {tag = "x"} 0x7FC00000 : f32
  %10 = arith.constant false
  %11 = arith.constant dense<true> : tensor<4xi1>
  %12 = arith.maxf %a, %b : f32
  %13 = math.exp %a fastmath<afn> : f32
  %14 = arith.index_cast %j : index to i64
  %sum, %overflow = arith.addui_extended %i, %i : i32, i1
  cf.switch %i : i32, [
    default: ^bb1(%a : f32),
    1: ^bb2,
    2: ^bb1(%b : f32)
  ]
^bb1(%x: f32):
  cf.cond_br %c, ^bb1(%b : f32), ^bb2
^bb2:
  return
}`;

const NEWER_FORMS = `
func.func @forms(%a: f64, %i: i32, %x: f32) {
  %0 = arith.addi %i, %i overflow<nsw, nuw> : i32
  %1 = arith.truncf %a to_nearest_even fastmath<nnan> : f64 to f32
  %2 = arith.maximumf %x, %x fastmath<nnan> : f32
  %3 = arith.trunci %i overflow<nsw> : i32 to i8
  %4 = math.fma %x, %x, %x {relaxed} : f32
  %5 = arith.cmpf olt, %x, %x fastmath<nnan> : f32
  return
}`;

function mlirOpt(text: string, ...flags: string[]): string {
  const outcome = spawnSync(MLIR_OPT!, [...flags, '-'], { input: text, encoding: 'utf8' });
  if (outcome.status !== 0) throw new Error(`mlir-opt rejected\n${text}\n${outcome.stderr}`);
  return outcome.stdout;
}

describe('examples', () => {
  for (const dialect of coreDialects) {
    it(`of ${dialect.name} print as what reads back to the same text`, () => {
      for (const { opName, spec } of dialect.ops) {
        expect(spec.example, `${opName} has an example`).toBeDefined();
        const module = parse(spec.example!);
        let uses = 0;
        module.walk((op) => {
          if (op.name === opName) uses++;
        });
        expect(uses, `the example of ${opName} uses it`).toBeGreaterThan(0);
        const pretty = printModule(module);
        expect(pretty, `${opName} is printed in its own syntax`).not.toContain(`"${opName}"`);
        expect(printModule(parse(pretty))).toBe(pretty);
        const generic = printModule(module, { generic: true });
        expect(generic).toContain(`"${opName}"`);
        expect(printModule(parse(generic))).toBe(pretty);
      }
    });
  }

  it('of other forms read back to the same text', () => {
    for (const text of [FORMS_16, NEWER_FORMS]) {
      const pretty = printModule(parse(text));
      expect(printModule(parse(pretty))).toBe(pretty);
      for (const line of text.split('\n'))
        if (/^ {2}%[\w, %]+ = /.test(line)) {
          const operation = line.slice(line.indexOf('= ') + 2).replace(/%\w+/g, '%');
          expect(pretty.replace(/%\w+/g, '%')).toContain(operation);
        }
    }
  });

  it.skipIf(!MLIR_OPT)('are accepted by mlir-opt 16, and what it prints is accepted here', () => {
    const texts: string[] = [FORMS_16];
    for (const dialect of coreDialects)
      for (const { opName, spec } of dialect.ops) if (!NEWER_THAN_16.has(opName)) texts.push(spec.example!);
    // One process for all of them.
    const ours = texts.map((t) => printModule(parse(t)));
    const separator = '// -----\n';
    const theirs = mlirOpt(ours.join(`\n${separator}`), '--split-input-file', '--allow-unregistered-dialect');
    const parts = theirs.split(separator);
    expect(parts).toHaveLength(ours.length);
    const stripped = (s: string) =>
      s
        .replace(/\s*\/\/.*$/gm, '')
        .replace(/\s+/g, ' ')
        .trim();
    parts.forEach((part, i) => {
      expect(stripped(printModule(parse(part)))).toBe(stripped(ours[i]!));
      expect(stripped(part)).toBe(stripped(ours[i]!));
    });
  });

  it.skipIf(!MLIR_OPT)('in generic form from mlir-opt 16 read to the same module', () => {
    for (const dialect of coreDialects) {
      // MLIR 16 spells operandSegmentSizes otherwise in generic form.
      const names = dialect.ops.filter((o) => !NEWER_THAN_16.has(o.opName) && dialect.name !== 'cf');
      if (names.length === 0) continue;
      const texts = names.map((o) => printModule(parse(o.spec.example!)));
      const generic = mlirOpt(
        texts.join('\n// -----\n'),
        '--split-input-file',
        '--allow-unregistered-dialect',
        '--mlir-print-op-generic',
      );
      generic.split('// -----\n').forEach((part, i) => {
        const printed = printModule(parse(part));
        expect(printed.trim()).toBe(texts[i]!.trim());
      });
    }
  });
});
