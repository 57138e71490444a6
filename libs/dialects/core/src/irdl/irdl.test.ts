import {
  Context,
  type Diagnostic,
  type Operation,
  parseModule,
  printModule,
  structuralDifference,
  verify,
} from '@budflow/ir';
import { describe, expect, it } from 'vitest';
import { registerCoreDialects } from '../register.js';
import { irdlDialect } from './dialect.js';
import { loadIrdl } from './load.js';

function irdlContext(): Context {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(irdlDialect);
  return context;
}
function read(text: string, context = irdlContext()): { module: Operation | undefined; diagnostics: Diagnostic[] } {
  const { result, diagnostics } = context.diagnostics.collect(() => {
    const module = parseModule(text, context);
    return module && verify(module) ? module : undefined;
  });
  return { module: result, diagnostics };
}
const problem = ({ diagnostics }: { diagnostics: Diagnostic[] }) => diagnostics.map((d) => `${d.id}: ${d.message}`);

/** A context that knows what an IRDL text defines. */
function loaded(text: string, options: Parameters<typeof loadIrdl>[2] = {}): Context {
  const context = irdlContext();
  const { module, diagnostics } = read(text, context);
  if (!module) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  if (!loadIrdl(module, context, options)) throw new Error('not loaded');
  context.allowUnregistered = true;
  return context;
}

const CMATH = `irdl.dialect @cmath {
  irdl.type @complex {
    %0 = irdl.is f32
    %1 = irdl.is f64
    %2 = irdl.any_of(%0, %1)
    irdl.parameters(elem: %2)
  }
  irdl.operation @norm {
    %0 = irdl.any
    %1 = irdl.parametric @cmath::@complex<%0>
    irdl.operands(complex: %1)
    irdl.results(norm: %0)
  }
  irdl.operation @mul {
    %0 = irdl.any
    %1 = irdl.parametric @complex<%0>
    irdl.operands(lhs: %1, rhs: %1)
    irdl.results(res: %1)
  }
}`;

describe('the text of irdl', () => {
  const EVERYTHING = `module {
  irdl.dialect @d attributes {note = "x"} {
    irdl.attribute @a {
      %0 = irdl.is "foo"
      irdl.parameters(%0)
    }
    irdl.type @empty
    irdl.operation @op {
      %0 = irdl.any
      %1 = irdl.base @a
      %2 = irdl.base "!builtin.integer"
      %3 = irdl.parametric @d::@a<%0>
      %4 = irdl.any_of(%0, %1)
      %5 = irdl.all_of(%0, %2, %4)
      %6 = irdl.is 5 : i32
      %7 = irdl.region
      %8 = irdl.region()
      %9 = irdl.region(%0, %2) with size 3
      irdl.operands(%0, %1, optional %2, variadic %3)
      irdl.results(r: %0, s: optional %2)
      irdl.attributes {
        "attr1" = %0,
        "attr 2" = %6
      }
      irdl.regions(%7, %8, %9)
    }
  }
}
`;
  it('is a fixpoint of printing, with names and without', () => {
    const context = irdlContext();
    const { module, diagnostics } = read(EVERYTHING, context);
    expect(problem({ diagnostics })).toEqual([]);
    expect(printModule(module!)).toBe(EVERYTHING);
  });
  it('has a generic form that means the same', () => {
    const context = irdlContext();
    const { module } = read(EVERYTHING, context);
    const generic = printModule(module!, { generic: true });
    const again = read(generic, context);
    expect(problem(again)).toEqual([]);
    expect(structuralDifference(module!, again.module!)).toBeUndefined();
  });

  const inType = (body: string) => problem(read(`irdl.dialect @d {\n irdl.type @t {\n %0 = irdl.any\n ${body}\n }\n}`));
  const inOp = (body: string) =>
    problem(read(`irdl.dialect @d {\n irdl.operation @o {\n %0 = irdl.any\n ${body}\n }\n}`));
  it.each([
    [
      inType('irdl.parameters(t$t: %0)'),
      "irdl.name: 'irdl.parameters' op name of parameter #0 must contain only lowercase letters",
    ],
    [
      inType('irdl.parameters(a: %0, b: %0, a: %0)'),
      "irdl.duplicate-name: 'irdl.parameters' op name of parameter #2 is a duplicate of the name of parameter #0",
    ],
    [inType('irdl.parameters(%0)\n irdl.parameters(%0)'), 'irdl.repeated: '],
    [
      inType('irdl.operands(%0)'),
      "irdl.parent: 'irdl.operands' op expects parent op 'irdl.operation', got 'irdl.type'",
    ],
    [inType('%1 = irdl.base @foo'), "irdl.unknown-symbol: 'irdl.base' op symbol '@foo' not found"],
    [inType('%1 = irdl.parametric @d<>'), "irdl.not-a-definition: 'irdl.parametric' op symbol '@d' does not refer"],
    [
      inType('%1 = irdl.base "builtin.integer"'),
      "irdl.base-name: 'irdl.base' op the base type or attribute name should start with",
    ],
    [inType('%1 = irdl.base'), "irdl.base: 'irdl.base' op the base type or attribute should be specified"],
    [
      inType('"irdl.parameters"(%0) {names = ["a", "b"]} : (!irdl.attribute) -> ()'),
      "irdl.list-length: 'irdl.parameters' op has 1 values but 2 names",
    ],
    [
      inOp('%1 = irdl.region with size 0'),
      "irdl.region-size: 'irdl.region' op the number of blocks must be positive, got 0",
    ],
    [inOp('%1 = "irdl.region"(%0) : (!irdl.attribute) -> !irdl.region'), 'irdl.region-constrained: '],
    [
      inOp('irdl.operands(foo: %0)\n irdl.results(foo: %0)'),
      "irdl.name-clash: 'irdl.operation' op contains a value named 'foo' for both its operands and results",
    ],
    [
      problem(read('irdl.dialect @d {\n func.func private @f()\n}')),
      "irdl.not-a-member: 'irdl.dialect' op can hold only",
    ],
    [
      problem(read('irdl.type @t')),
      "irdl.parent: 'irdl.type' op expects parent op 'irdl.dialect', got 'builtin.module'",
    ],
    [problem(read('irdl.dialect @"a b"')), "irdl.name: 'irdl.dialect' op name 'a b' of a dialect"],
    [inType('irdl.parameters(123: %0)'), "parse.expected: expected a value name %..., got '123'"],
    [inType('irdl.parameters(a: %0, %0)'), 'parse.custom-assembly: either all entries have names or none'],
    [inType('irdl.parameters(optional %0)'), "parse.custom-assembly: expected a value or 'name:', got 'optional'"],
  ])('%s', (found, wanted) => {
    expect(found.join('\n')).toContain(wanted);
  });
});

describe('a dialect loaded from irdl', () => {
  it('reads, prints and verifies what its definitions allow', () => {
    const context = loaded(CMATH);
    const text = `func.func @f(%a: !cmath.complex<f32>, %b: !cmath.complex<f32>) -> f32 {
  %0 = "cmath.mul"(%a, %b) : (!cmath.complex<f32>, !cmath.complex<f32>) -> !cmath.complex<f32>
  %1 = "cmath.norm"(%0) : (!cmath.complex<f32>) -> f32
  return %1 : f32
}`;
    const { module, diagnostics } = read(text, context);
    expect(problem({ diagnostics })).toEqual([]);
    expect(printModule(module!)).toContain('"cmath.norm"(%0) : (!cmath.complex<f32>) -> f32');
    expect(context.dialect('cmath')!.ops.map((op) => op.opName)).toEqual(['cmath.norm', 'cmath.mul']);
  });
  it('says what does not fit, and where that is defined', () => {
    const context = loaded(CMATH);
    const wrong = read(
      '%a = "x.a"() : () -> !cmath.complex<f32>\n%0 = "cmath.norm"(%a) : (!cmath.complex<f32>) -> f64',
      context,
    );
    expect(problem(wrong)).toEqual(["irdl.result: 'cmath.norm' op result #0 ('norm'): expected 'f32' but got 'f64'"]);
    expect(wrong.diagnostics[0]!.notes[0]!.message).toBe('defined here');
    expect(problem(read('"x.a"() : () -> !cmath.complex<i32>', context))).toEqual([
      "parse.custom-assembly: parameter #0 ('elem') of 'cmath.complex': 'i32' does not satisfy the constraint",
    ]);
    expect(problem(read('"x.a"() : () -> !cmath.complex<f32, f32>', context))).toEqual([
      "parse.custom-assembly: 'cmath.complex' has 1 parameter, but 2 are given",
    ]);
    expect(problem(read('"x.a"() : () -> !cmath.complex', context))[0]).toContain('but 0 are given');
    expect(problem(read('"cmath.div"() : () -> ()', context))[0]).toContain("dialect 'cmath' has no such operation");
  });

  const TESTD = `irdl.dialect @testd {
  irdl.type @parametric {
    %0 = irdl.any
    irdl.parameters(%0)
  }
  irdl.attribute @parametric_attr {
    %0 = irdl.any
    irdl.parameters(%0)
  }
  irdl.type @self {
    %0 = irdl.any
    %1 = irdl.parametric @testd::@self<%0>
    %2 = irdl.is i32
    %3 = irdl.any_of(%1, %2)
    irdl.parameters(foo: %3)
  }
  irdl.operation @eq {
    %0 = irdl.is i32
    irdl.results(out: %0)
  }
  irdl.operation @anyof {
    %0 = irdl.is i32
    %1 = irdl.is i64
    %2 = irdl.any_of(%0, %1)
    irdl.results(%2)
  }
  irdl.operation @all_of {
    %0 = irdl.is i32
    %1 = irdl.is i64
    %2 = irdl.any_of(%0, %1)
    %3 = irdl.all_of(%2, %1)
    irdl.results(%3)
  }
  irdl.operation @vars {
    %0 = irdl.is i32
    %1 = irdl.is i64
    %2 = irdl.any_of(%0, %1)
    irdl.results(%2, %2)
  }
  irdl.operation @pairs {
    %0 = irdl.any
    %1 = irdl.is i1
    %2 = irdl.parametric @parametric<%0>
    %3 = irdl.all_of(%2, %1)
    %4 = irdl.any_of(%3, %2)
    irdl.operands(%4)
    irdl.results(%0)
  }
  irdl.operation @type_base {
    %0 = irdl.base @parametric
    irdl.results(%0)
  }
  irdl.operation @named_base {
    %0 = irdl.base "!builtin.integer"
    irdl.results(%0)
  }
  irdl.operation @params {
    %0 = irdl.is i32
    %1 = irdl.is i64
    %2 = irdl.any_of(%0, %1)
    %3 = irdl.parametric @testd::@parametric<%2>
    irdl.results(%3)
  }
  irdl.operation @attrs {
    %0 = irdl.is i32
    %1 = irdl.base "#builtin.integer"
    %2 = irdl.base @parametric_attr
    irdl.attributes {
      "attr1" = %0,
      "attr2" = %1,
      "is" = %2
    }
  }
  irdl.operation @variadics {
    %0 = irdl.is i16
    %1 = irdl.is i32
    irdl.operands(%0, optional %1, %0)
    irdl.results(variadic %1)
  }
  irdl.operation @segments {
    %0 = irdl.is i16
    %1 = irdl.is i32
    irdl.operands(a: variadic %0, b: optional %1)
  }
  irdl.operation @bodies {
    %r0 = irdl.region
    %r1 = irdl.region()
    %0 = irdl.is i32
    %1 = irdl.is i64
    %r2 = irdl.region(%0, %1)
    %r3 = irdl.region with size 2
    irdl.regions(%r0, %r1, %r2, %r3)
  }
}`;
  const context = loaded(TESTD);
  const say = (text: string) => problem(read(text, context)).join('\n');
  const results = (op: string, types: string) => say(`"testd.${op}"() : () -> ${types}`);
  const values = '%s = "x.a"() : () -> i16\n%i = "x.a"() : () -> i32\n';

  it('accepts what fits', () => {
    for (const [op, types] of [
      ['eq', 'i32'],
      ['anyof', 'i64'],
      ['all_of', 'i64'],
      ['vars', '(i64, i64)'],
      ['type_base', '!testd.parametric<"any">'],
      ['named_base', 'i7'],
      ['params', '!testd.parametric<i64>'],
    ] as const)
      expect(results(op, types)).toBe('');
    expect(say('"x.a"() {a = #testd.parametric_attr<[1, 2]>} : () -> !testd.self<!testd.self<i32>>')).toBe('');
    expect(say('"testd.attrs"() {attr1 = i32, attr2 = 5 : i8, is = #testd.parametric_attr<"x">} : () -> ()')).toBe('');
    expect(say(`${values}%r:2 = "testd.variadics"(%s, %i, %s) : (i16, i32, i16) -> (i32, i32)`)).toBe('');
    expect(say(`${values}"testd.variadics"(%s, %s) : (i16, i16) -> ()`)).toBe('');
    expect(
      say(`${values}"testd.segments"(%s, %s, %i) {operandSegmentSizes = array<i32: 2, 1>} : (i16, i16, i32) -> ()`),
    ).toBe('');
  });
  it.each([
    ['eq', 'i64', "irdl.result: 'testd.eq' op result #0 ('out'): expected 'i32' but got 'i64'"],
    ['anyof', 'i1', "result #0: 'i1' does not satisfy the constraint"],
    ['all_of', 'i1', "'i1' does not satisfy the constraint"],
    ['all_of', 'i32', "expected 'i64' but got 'i32'"],
    ['vars', '(i64, i32)', "result #1: expected 'i64' but got 'i32'"],
    ['type_base', 'i32', "expected base type 'testd.parametric' but got 'builtin.integer'"],
    ['named_base', 'vector<4xi32>', "expected base type 'builtin.integer' but got 'builtin.vector'"],
    ['params', 'i32', "expected base type 'testd.parametric' but got 'i32'"],
    ['params', '!testd.parametric<i1>', "'i1' does not satisfy the constraint"],
  ])('rejects %s of %s', (op, types, wanted) => {
    expect(results(op, types)).toContain(wanted);
  });
  it('forgets what an alternative that failed had bound', () => {
    expect(
      say('%a = "x.a"() : () -> !testd.parametric<f32>\n%r = "testd.pairs"(%a) : (!testd.parametric<f32>) -> f32'),
    ).toBe('');
  });
  it('checks attributes', () => {
    expect(say('"testd.attrs"() {attr1 = i32} : () -> ()')).toBe(
      'irdl.attribute-missing: \'testd.attrs\' op attribute "attr2" is expected but not provided',
    );
    expect(say('"testd.attrs"() {attr1 = i64, attr2 = 5 : i8, is = #testd.parametric_attr<1>} : () -> ()')).toBe(
      "irdl.attribute: 'testd.attrs' op attribute \"attr1\": expected 'i32' but got 'i64'",
    );
    expect(say('"testd.attrs"() {attr1 = i32, attr2 = "s", is = #testd.parametric_attr<1>} : () -> ()')).toContain(
      "expected base attribute 'builtin.integer' but got 'builtin.string'",
    );
  });
  it('checks numbers of operands and segment sizes', () => {
    expect(say(`${values}"testd.variadics"(%s) : (i16) -> ()`)).toContain('verify.operand-count');
    expect(say(`${values}"testd.variadics"(%i, %s) : (i32, i16) -> ()`)).toBe(
      "irdl.operand: 'testd.variadics' op operand #0: expected 'i16' but got 'i32'",
    );
    expect(say(`${values}"testd.segments"(%s, %i) : (i16, i32) -> ()`)).toContain('verify.segment-sizes');
    expect(
      say(`${values}"testd.segments"(%s, %i) {operandSegmentSizes = array<i32: 1, 2>} : (i16, i32) -> ()`),
    ).toContain('verify.segment-sizes');
  });
  it('checks regions', () => {
    const end = '"x.end"() : () -> ()';
    const bodies = (...list: string[]) =>
      say(`"testd.bodies"() (${list.map((b) => `{ ${b} }`).join(', ')}) : () -> ()`);
    const two = `${end.replace('()', '()[^b]')} ^b: ${end}`;
    const good = [end, end, `^a(%a: i32, %b: i64): ${end}`, two] as const;
    expect(bodies(...good)).toBe('');
    expect(bodies(good[0])).toBe(
      "irdl.region-count: 'testd.bodies' op unexpected number of regions: expected 4 but got 1",
    );
    expect(bodies(end, `^a(%a: i32): ${end}`, good[2], two)).toContain(
      "irdl.region-arguments: 'testd.bodies' op expected region 1 to have 0 arguments but got 1",
    );
    expect(bodies(end, end, `^a(%a: i32, %b: f64): ${end}`, two)).toContain(
      "irdl.region-argument: 'testd.bodies' op argument #1 of region 2: expected 'i64' but got 'f64'",
    );
    expect(bodies(end, end, good[2], end)).toContain(
      "irdl.region-blocks: 'testd.bodies' op expected region 3 to have 2 block(s) but got 1",
    );
  });
  it('takes a function for a C++ predicate and refuses to load without one', () => {
    const text = `irdl.dialect @p {
  irdl.operation @o {
    %0 = irdl.c_pred "isa<IntegerType>($_self)"
    irdl.results(%0)
  }
}`;
    const bare = irdlContext();
    const { module } = read(text, bare);
    const refused = bare.diagnostics.collect(() => loadIrdl(module!, bare));
    expect(refused.result).toBeUndefined();
    expect(problem(refused)[0]).toContain('irdl.c-pred: ');
    expect(bare.dialect('p')).toBeUndefined();
    const known = loaded(text, { predicates: { 'isa<IntegerType>($_self)': (a) => String(a) === 'i32' } });
    expect(problem(read('"p.o"() : () -> i32', known))).toEqual([]);
    expect(problem(read('"p.o"() : () -> f32', known))[0]).toContain(
      "'f32' does not satisfy 'isa<IntegerType>($_self)'",
    );
  });
  it('does not load a dialect twice, nor over another', () => {
    const ctx = irdlContext();
    const { module } = read('irdl.dialect @arith', ctx);
    const { diagnostics } = ctx.diagnostics.collect(() => loadIrdl(module!, ctx));
    expect(problem({ diagnostics })).toEqual([
      "irdl.dialect-exists: 'irdl.dialect' op dialect 'arith' is registered already",
    ]);
    const twice = read('module {\n irdl.dialect @x\n}\nmodule {\n irdl.dialect @x\n}', ctx);
    const again = ctx.diagnostics.collect(() => loadIrdl(twice.module!, ctx));
    expect(problem(again)).toEqual(["irdl.dialect-exists: 'irdl.dialect' op dialect 'x' is defined twice"]);
  });
  it('gives up on constraints with exponentially many alternatives', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `%${i + 1} = irdl.any_of(%${i}, %${i})`).join('\n');
    const ctx = loaded(`irdl.dialect @e { irdl.operation @o { %0 = irdl.is i32\n${lines}\nirdl.results(%40) } }`);
    expect(problem(read('"e.o"() : () -> i64', ctx))).toHaveLength(1);
  });
  it('defines types and attributes with names that accessors use, too', () => {
    const ctx = loaded('irdl.dialect @n { irdl.operation @o { %0 = irdl.any\nirdl.operands(create: %0, is: %0) } }');
    expect(problem(read('%a = "x.a"() : () -> i1\n"n.o"(%a, %a) : (i1, i1) -> ()', ctx))).toEqual([]);
  });
});
