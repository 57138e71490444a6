// Folds and patterns: each rule by name on a small text, and all integer rules proved on every value of i4.

import { Interpreter, type RuntimeValue } from '@budflow/interpreter';
import { describe, expect, it } from 'vitest';
import { coreDialects } from './register.js';
import { INTEGER_RULES } from './testing/integer-rules.js';
import { canonicalize, parse, printModule } from './testing/text.js';

interface Rule {
  /** The pattern that must apply; '' for a fold. */
  readonly pattern: string;
  /** Lines of a body that ends in %r. */
  readonly body: string;
  /** What must remain: the operation that makes the result, or the returned value. */
  readonly becomes: string;
  readonly type?: string;
  readonly result?: string;
}

const I = 'i4';
const c = (name: string, value: number, type = I) => `%${name} = arith.constant ${value} : ${type}`;
const RULES: Rule[] = [
  { pattern: '', body: `${c('k', 0)}\n%r = arith.addi %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 0)}\n%r = arith.addi %k, %x : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 0)}\n%r = arith.subi %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `%r = arith.subi %x, %x : ${I}`, becomes: 'arith.constant 0 : i4' },
  { pattern: '', body: `${c('k', 1)}\n%r = arith.muli %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 0)}\n%r = arith.muli %x, %k : ${I}`, becomes: 'arith.constant 0 : i4' },
  { pattern: '', body: `${c('k', 1)}\n%r = arith.divsi %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 1)}\n%r = arith.divui %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 1)}\n%r = arith.ceildivsi %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 1)}\n%r = arith.ceildivui %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 1)}\n%r = arith.floordivsi %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 1)}\n%r = arith.remsi %x, %k : ${I}`, becomes: 'arith.constant 0 : i4' },
  { pattern: '', body: `${c('k', 1)}\n%r = arith.remui %x, %k : ${I}`, becomes: 'arith.constant 0 : i4' },
  { pattern: '', body: `${c('k', 0)}\n%r = arith.andi %x, %k : ${I}`, becomes: 'arith.constant 0 : i4' },
  { pattern: '', body: `${c('k', -1)}\n%r = arith.andi %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `%r = arith.andi %x, %x : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', -1)}\n%r = arith.ori %x, %k : ${I}`, becomes: 'arith.constant -1 : i4' },
  { pattern: '', body: `%r = arith.ori %x, %x : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `%r = arith.xori %x, %x : ${I}`, becomes: 'arith.constant 0 : i4' },
  { pattern: '', body: `%s = arith.xori %x, %y : ${I}\n%r = arith.xori %s, %y : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 0)}\n%r = arith.shli %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 0)}\n%r = arith.shrsi %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 0)}\n%r = arith.shrui %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `%r = arith.maxsi %x, %x : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 0)}\n%r = arith.maxui %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', -1)}\n%r = arith.maxui %x, %k : ${I}`, becomes: 'arith.constant -1 : i4' },
  { pattern: '', body: `${c('k', -1)}\n%r = arith.minui %x, %k : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `${c('k', 0)}\n%r = arith.minui %x, %k : ${I}`, becomes: 'arith.constant 0 : i4' },
  { pattern: '', body: `%r = arith.minsi %x, %x : ${I}`, becomes: 'return %arg0' },
  {
    pattern: 'add-add-constant',
    body: `${c('k', 7)}\n${c('l', 5)}\n%s = arith.addi %x, %k : ${I}\n%r = arith.addi %s, %l : ${I}`,
    becomes: 'arith.constant -4 : i4',
  },
  {
    pattern: 'sub-add-constant',
    body: `${c('k', 7)}\n${c('l', 5)}\n%s = arith.subi %x, %k : ${I}\n%r = arith.addi %s, %l : ${I}`,
    becomes: 'arith.constant -2 : i4',
  },
  {
    pattern: 'negated-add-constant',
    body: `${c('k', 7)}\n${c('l', 5)}\n%s = arith.subi %k, %x : ${I}\n%r = arith.addi %s, %l : ${I}`,
    becomes: 'arith.subi %c-4_i4, %arg0',
  },
  {
    pattern: 'add-sub-same',
    body: `%s = arith.subi %x, %y : ${I}\n%r = arith.addi %s, %y : ${I}`,
    becomes: 'return %arg0',
  },
  {
    pattern: 'add-sub-same',
    body: `%s = arith.subi %x, %y : ${I}\n%r = arith.addi %y, %s : ${I}`,
    becomes: 'return %arg0',
  },
  {
    pattern: 'add-sub-constant',
    body: `${c('k', -7)}\n${c('l', 5)}\n%s = arith.addi %x, %k : ${I}\n%r = arith.subi %s, %l : ${I}`,
    becomes: 'arith.addi %arg0, %c4_i4',
  },
  {
    pattern: 'sub-sub-constant',
    body: `${c('k', 7)}\n${c('l', 5)}\n%s = arith.subi %x, %k : ${I}\n%r = arith.subi %s, %l : ${I}`,
    becomes: 'arith.subi %arg0, %c-4_i4',
  },
  {
    pattern: 'constant-sub-add',
    body: `${c('k', 7)}\n${c('l', 5)}\n%s = arith.addi %x, %k : ${I}\n%r = arith.subi %l, %s : ${I}`,
    becomes: 'arith.subi %c-2_i4, %arg0',
  },
  {
    pattern: 'constant-sub-sub',
    body: `${c('k', 7)}\n${c('l', 5)}\n%s = arith.subi %k, %x : ${I}\n%r = arith.subi %l, %s : ${I}`,
    becomes: 'arith.addi %arg0, %c-2_i4',
  },
  {
    pattern: 'sum-minus-term',
    body: `%s = arith.addi %x, %y : ${I}\n%r = arith.subi %s, %y : ${I}`,
    becomes: 'return %arg0',
  },
  {
    pattern: 'sum-minus-term',
    body: `%s = arith.addi %y, %x : ${I}\n%r = arith.subi %s, %y : ${I}`,
    becomes: 'return %arg0',
  },
  {
    pattern: 'mul-mul-constant',
    body: `${c('k', 3)}\n${c('l', 5)}\n%s = arith.muli %x, %k : ${I}\n%r = arith.muli %s, %l : ${I}`,
    becomes: 'arith.muli %arg0, %c-1_i4',
  },
  {
    pattern: 'andi-constant',
    body: `${c('k', 6)}\n${c('l', 3)}\n%s = arith.andi %x, %k : ${I}\n%r = arith.andi %s, %l : ${I}`,
    becomes: 'arith.andi %arg0, %c2_i4',
  },
  {
    pattern: 'ori-constant',
    body: `${c('k', 4)}\n${c('l', 3)}\n%s = arith.ori %x, %k : ${I}\n%r = arith.ori %s, %l : ${I}`,
    becomes: 'arith.ori %arg0, %c7_i4',
  },
  {
    pattern: 'xori-constant',
    body: `${c('k', 6)}\n${c('l', 3)}\n%s = arith.xori %x, %k : ${I}\n%r = arith.xori %s, %l : ${I}`,
    becomes: 'arith.xori %arg0, %c5_i4',
  },
  ...['eq', 'ne', 'slt', 'sle', 'sgt', 'sge', 'ult', 'ule', 'ugt', 'uge'].flatMap((p): Rule[] => [
    {
      pattern: 'compare-constant-right',
      body: `${c('k', 3)}\n%r = arith.cmpi ${p}, %k, %x : ${I}`,
      becomes: ', %arg0, %c3_i4',
      result: 'i1',
    },
    {
      pattern: 'not-compare',
      body: `%t = arith.constant true\n%s = arith.cmpi ${p}, %x, %y : ${I}\n%r = arith.xori %s, %t : i1`,
      becomes: 'arith.cmpi',
      result: 'i1',
    },
    {
      pattern: '',
      body: `%r = arith.cmpi ${p}, %x, %x : ${I}`,
      becomes: ['eq', 'sle', 'sge', 'ule', 'uge'].includes(p) ? 'constant true' : 'constant false',
      result: 'i1',
    },
  ]),
  { pattern: '', body: `${c('k', 0)}\n%r = arith.cmpi ult, %x, %k : ${I}`, becomes: 'constant false', result: 'i1' },
  { pattern: '', body: `${c('k', 0)}\n%r = arith.cmpi uge, %x, %k : ${I}`, becomes: 'constant true', result: 'i1' },
  {
    pattern: '',
    body: `%k = arith.constant false\n%s = arith.cmpi eq, %x, %y : ${I}\n%r = arith.cmpi ne, %s, %k : i1`,
    becomes: 'cmpi eq',
    result: 'i1',
  },
  {
    pattern: '',
    body: `%k = arith.constant true\n%s = arith.cmpi ult, %x, %y : ${I}\n%r = arith.cmpi eq, %s, %k : i1`,
    becomes: 'cmpi ult',
    result: 'i1',
  },
  { pattern: '', body: `%t = arith.constant true\n%r = arith.select %t, %x, %y : ${I}`, becomes: 'return %arg0' },
  { pattern: '', body: `%t = arith.constant false\n%r = arith.select %t, %x, %y : ${I}`, becomes: 'return %arg1' },
  {
    pattern: '',
    body: `%s = arith.cmpi slt, %x, %y : ${I}\n%r = arith.select %s, %x, %x : ${I}`,
    becomes: 'return %arg0',
  },
  {
    pattern: '',
    body: `%t = arith.constant true\n%u = arith.constant false\n%s = arith.cmpi slt, %x, %y : ${I}\n%r = arith.select %s, %t, %u : i1`,
    becomes: 'return %0',
    result: 'i1',
  },
  {
    pattern: 'select-not',
    body: `%t = arith.constant true\n%s = arith.trunci %x : ${I} to i1\n%n = arith.xori %s, %t : i1\n%r = arith.select %n, %x, %y : ${I}`,
    becomes: 'select %0, %arg1, %arg0',
  },
  {
    pattern: 'select-same-condition',
    body: `%s = arith.cmpi slt, %x, %y : ${I}\n%k = arith.addi %x, %y : ${I}\n%i = arith.select %s, %x, %k : ${I}\n%r = arith.select %s, %i, %y : ${I}`,
    becomes: 'select %0, %arg0, %arg1',
  },
  {
    pattern: 'extsi-extsi',
    body: `%s = arith.extsi %x : ${I} to i8\n%r = arith.extsi %s : i8 to i16`,
    becomes: 'arith.extsi %arg0 : i4 to i16',
    result: 'i16',
  },
  {
    pattern: 'extui-extsi',
    body: `%s = arith.extui %x : ${I} to i8\n%r = arith.extsi %s : i8 to i16`,
    becomes: 'arith.extui %arg0 : i4 to i16',
    result: 'i16',
  },
  {
    pattern: 'extui-extui',
    body: `%s = arith.extui %x : ${I} to i8\n%r = arith.extui %s : i8 to i16`,
    becomes: 'arith.extui %arg0 : i4 to i16',
    result: 'i16',
  },
  {
    pattern: 'trunci-trunci',
    body: `%s = arith.trunci %x : ${I} to i3\n%r = arith.trunci %s : i3 to i2`,
    becomes: 'arith.trunci %arg0 : i4 to i2',
    result: 'i2',
  },
  { pattern: '', body: `%s = arith.extsi %x : ${I} to i8\n%r = arith.trunci %s : i8 to ${I}`, becomes: 'return %arg0' },
  {
    pattern: 'trunc-ext',
    body: `%s = arith.extui %x : ${I} to i16\n%r = arith.trunci %s : i16 to i8`,
    becomes: 'arith.extui %arg0 : i4 to i8',
    result: 'i8',
  },
  {
    pattern: 'trunc-ext',
    body: `%s = arith.extui %x : ${I} to i16\n%r = arith.trunci %s : i16 to i2`,
    becomes: 'arith.trunci %arg0 : i4 to i2',
    result: 'i2',
  },
  {
    pattern: '',
    body: `%s = arith.index_cast %x : ${I} to index\n%r = arith.index_cast %s : index to ${I}`,
    becomes: 'return %arg0',
  },
];

const FLOATS = [
  0,
  -0,
  1,
  -1,
  1.5,
  -2.5,
  3e38,
  -3e38,
  1e-40,
  -1e-45,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
].map(Math.fround);
const f = (name: string, value: string) => `%${name} = arith.constant ${value} : f32`;
const FLOAT_RULES: Rule[] = [
  {
    pattern: 'negf-of-maximum',
    body: '%n = arith.negf %x : f32\n%m = arith.maximumf %n, %y : f32\n%r = arith.negf %m : f32',
    becomes: 'arith.minimumf %arg0,',
  },
  { pattern: '', body: `${f('k', '-0.0')}\n%r = arith.addf %x, %k : f32`, becomes: 'return %arg0' },
  { pattern: '', body: `${f('k', '0.0')}\n%r = arith.subf %x, %k : f32`, becomes: 'return %arg0' },
  { pattern: '', body: `${f('k', '1.0')}\n%r = arith.mulf %k, %x : f32`, becomes: 'return %arg0' },
  { pattern: '', body: `${f('k', '1.0')}\n%r = arith.divf %x, %k : f32`, becomes: 'return %arg0' },
  { pattern: 'mul-minus-one', body: `${f('k', '-1.0')}\n%r = arith.mulf %x, %k : f32`, becomes: 'arith.negf %arg0' },
  {
    pattern: 'fma-of-nothing',
    body: `${f('k', '-0.0')}\n%r = math.fma %x, %y, %k {relaxed} : f32`,
    becomes: 'arith.mulf %arg0, %arg1',
  },
  { pattern: '', body: `${f('k', '0.0')}\n%r = math.fma %x, %y, %k : f32`, becomes: 'math.fma %arg0, %arg1,' },
  {
    pattern: 'fma-by-one',
    body: `${f('k', '1.0')}\n%r = math.fma %x, %k, %y : f32`,
    becomes: 'arith.addf %arg0, %arg1',
  },
  {
    pattern: 'fma-by-one',
    body: `${f('k', '1.0')}\n%r = math.fma %k, %x, %y {relaxed} : f32`,
    becomes: 'arith.addf %arg0, %arg1',
  },
  {
    pattern: 'div-power-of-two',
    body: `${f('k', '-8.0')}\n%r = arith.divf %x, %k : f32`,
    becomes: 'arith.constant -1.250000e-01',
  },
  { pattern: '', body: `%s = arith.negf %x : f32\n%r = arith.negf %s : f32`, becomes: 'return %arg0' },
  { pattern: '', body: `${f('k', '0xFF800000')}\n%r = arith.maximumf %x, %k : f32`, becomes: 'return %arg0' },
  { pattern: '', body: `${f('k', '0x7F800000')}\n%r = arith.minimumf %x, %k : f32`, becomes: 'return %arg0' },
  { pattern: '', body: `%r = arith.maxnumf %x, %x : f32`, becomes: 'return %arg0' },
  { pattern: '', body: `%s = arith.extf %x : f32 to f64\n%r = arith.truncf %s : f64 to f32`, becomes: 'return %arg0' },
  {
    pattern: '',
    body: `%s = arith.bitcast %x : f32 to i32\n%r = arith.bitcast %s : i32 to f32`,
    becomes: 'return %arg0',
  },
  { pattern: '', body: `%s = math.floor %x : f32\n%r = math.floor %s : f32`, becomes: 'return %0' },
  ...'oeq ogt oge olt ole one ord ueq ugt uge ult ule une uno'.split(' ').flatMap((p): Rule[] => [
    {
      pattern: 'compare-constant-right',
      body: `${f('k', '1.5')}\n%r = arith.cmpf ${p}, %k, %x : f32`,
      becomes: ', %arg0, %cst',
      result: 'i1',
    },
    {
      pattern: 'not-compare',
      body: `%t = arith.constant true\n%s = arith.cmpf ${p}, %x, %y : f32\n%r = arith.xori %s, %t : i1`,
      becomes: 'arith.cmpf',
      result: 'i1',
    },
    {
      pattern: '',
      body: `${f('k', '0x7FC00000')}\n%r = arith.cmpf ${p}, %x, %k : f32`,
      becomes: p.startsWith('u') ? 'constant true' : 'constant false',
      result: 'i1',
    },
  ]),
];

function prove(rules: readonly Rule[], type: string, values: readonly RuntimeValue[]): Set<string> {
  const seen = new Set<string>();
  for (const rule of rules) {
    const result = rule.result ?? type;
    const text = `func.func @f(%x: ${type}, %y: ${type}) -> ${result} {\n${rule.body}\nreturn %r : ${result}\n}`;
    const before = new Interpreter(parse(text));
    const module = parse(text);
    const hits = canonicalize(module);
    const printed = printModule(module);
    expect(printed, rule.body).toContain(rule.becomes);
    if (rule.pattern) expect([...hits.keys()], rule.body).toContain(rule.pattern);
    for (const name of hits.keys()) seen.add(name);
    const after = new Interpreter(module);
    for (const x of values)
      for (const y of values)
        expect(after.call('f', [x, y]), `${rule.body} at ${x}, ${y}`).toEqual(before.call('f', [x, y]));
  }
  return seen;
}

describe('canonicalization', () => {
  it('applies each integer rule, and no value of i4 tells the difference', () => {
    prove(
      RULES,
      'i4',
      Array.from({ length: 16 }, (_, i) => i - 8),
    );
  });

  it('applies each float rule, and no float tells the difference', () => {
    prove(FLOAT_RULES, 'f32', FLOATS);
  });

  it('leaves x + 0, x - -0 and max(x, -inf) that ignores NaN alone', () => {
    for (const [op, constant] of [
      ['arith.addf', '0.0'],
      ['arith.subf', '-0.0'],
      ['arith.maxnumf', '0xFF800000'],
      ['arith.mulf', '0.0'],
      ['arith.divf', '3.0'],
    ]) {
      const module = parse(
        `func.func @f(%x: f32) -> f32 {\n${f('k', constant!)}\n%r = ${op} %x, %k : f32\nreturn %r : f32\n}`,
      );
      canonicalize(module);
      expect(printModule(module)).toContain(op);
    }
  });

  it('folds x + 0 when the sign of zero is declared not to matter', () => {
    const module = parse(
      `func.func @f(%x: f32) -> f32 {\n${f('k', '0.0')}\n%r = arith.addf %x, %k fastmath<nsz> : f32\nreturn %r : f32\n}`,
    );
    canonicalize(module);
    expect(printModule(module)).not.toContain('arith.addf');
  });

  it('takes branches whose condition is known', () => {
    const module = parse(`func.func @f(%x: i32) -> i32 {
  %t = arith.constant false
  %k = arith.constant 7 : i32
  cf.cond_br %t, ^bb1(%x : i32), ^bb2(%k : i32)
^bb1(%a: i32):
  return %a : i32
^bb2(%b: i32):
  cf.switch %b : i32, [
    default: ^bb1(%x : i32),
    7: ^bb3
  ]
^bb3:
  cf.assert %t, "never"
  return %b : i32
}`);
    const hits = canonicalize(module);
    expect([...hits.keys()]).toContain('cond-br-constant');
    const text = parse(
      'func.func @f(%c: i1, %x: i32) -> i32 {\n cf.cond_br %c, ^bb1(%x : i32), ^bb1(%x : i32)\n^bb1(%a: i32):\n return %a : i32\n}',
    );
    expect([...canonicalize(text).keys()]).toContain('cond-br-same-target');
    const known = parse(
      'func.func @f(%x: i32, %y: i32) -> i32 {\n %c = arith.constant 5 : i32\n cf.switch %c : i32, [\n default: ^bb1(%x : i32),\n 5: ^bb1(%y : i32)\n ]\n^bb1(%a: i32):\n return %a : i32\n}',
    );
    expect([...canonicalize(known).keys()]).toContain('switch-constant');
    expect(new Interpreter(known).call('f', [1, 2])).toEqual([2]);
    const checked = parse('func.func @f() {\n %t = arith.constant true\n cf.assert %t, "x"\n return\n}');
    expect([...canonicalize(checked).keys()]).toContain('assert-true');
    expect(printModule(checked)).not.toContain('cf.assert');
  });

  it('calls a known function directly', () => {
    const module = parse(`func.func private @g(i32) -> i32
func.func @f(%x: i32) -> i32 {
  %f = constant @g : (i32) -> i32
  %r = call_indirect %f(%x) : (i32) -> i32
  return %r : i32
}`);
    expect([...canonicalize(module).keys()]).toContain('call-known-function');
    expect(printModule(module)).toContain('call @g(%arg0)');
  });

  it('drops unrealized casts that undo each other', () => {
    const module = parse(`func.func @f(%x: i64) -> i64 {
  %0 = builtin.unrealized_conversion_cast %x : i64 to index
  %1 = builtin.unrealized_conversion_cast %0 : index to i64
  return %1 : i64
}`);
    canonicalize(module);
    expect(printModule(module)).not.toContain('unrealized');
  });

  it('has a test for every pattern of the core dialects', () => {
    const seen = new Set([...prove(RULES, 'i4', []), ...prove(FLOAT_RULES, 'f32', [])]);
    for (const name of [
      'cond-br-constant',
      'cond-br-same-target',
      'switch-constant',
      'assert-true',
      // In cf/branch-patterns.test.ts.
      'br-pass-through',
      'cond-br-pass-through',
      'switch-pass-through',
      'cond-br-selects',
      'condition-known-after-branch',
      'switch-drop-default-cases',
      'call-known-function',
      'bitcast-bitcast',
      'extf-extf',
    ])
      seen.add(name);
    for (const rule of INTEGER_RULES) seen.add(rule.pattern);
    for (const dialect of coreDialects)
      for (const op of dialect.ops)
        for (const pattern of op.spec.patterns ?? [])
          expect(seen, `${op.opName} ${pattern.name}`).toContain(pattern.name);
  });

  it('collapses chains of float widenings and of bitcasts', () => {
    const wide = parse(
      'func.func @f(%x: f16) -> f64 {\n %0 = arith.extf %x : f16 to f32\n %1 = arith.extf %0 : f32 to f64\n return %1 : f64\n}',
    );
    expect([...canonicalize(wide).keys()]).toContain('extf-extf');
    const bits = parse(
      'func.func @f(%x: f16) -> bf16 {\n %0 = arith.bitcast %x : f16 to i16\n %1 = arith.bitcast %0 : i16 to bf16\n return %1 : bf16\n}',
    );
    expect([...canonicalize(bits).keys()]).toContain('bitcast-bitcast');
  });
});
