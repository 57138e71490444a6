import { describe, expect, it } from 'vitest';
import { Block } from './block.js';
import { Builder } from './builder.js';
import { AnyType, attr, optional, variadic } from './constraints.js';
import { defineDialect } from './define-dialect.js';
import { defineOp, type OpSpec } from './define-op.js';
import type { Diagnostic } from './diagnostic.js';
import { BranchOp as BranchInterface } from './interfaces.js';
import { Operation } from './operation.js';
import { emptyModule, FuncOp, testContext, YieldOp } from './testing/test-dialect.js';
import { find, parse, verifyText } from './testing/text.js';
import { allTypesMatch, Elementwise, SingleBlock, SymbolTrait, Terminator } from './traits.js';
import { OpResult } from './value.js';
import { verify } from './verifier.js';

const short = (list: readonly Diagnostic[]) => list.map((d) => [d.id, d.message, ...d.notes.map((n) => n.message)]);

/** The only diagnostic: id, message, notes. */
function only(text: string, context = testContext()): string[] {
  const list = short(verifyText(text, context));
  expect(list.map((d) => d[0])).toHaveLength(1);
  return list[0]!;
}
function fine(text: string): void {
  expect(short(verifyText(text))).toEqual([]);
}
/** A context that also knows one op `x.op`. */
function withOp(spec: Omit<OpSpec, 'name' | 'summary'>) {
  const context = testContext();
  context.registerDialect(
    defineDialect({ name: 'x', summary: '', ops: [defineOp({ name: 'x.op', summary: '', ...spec })] }),
  );
  return context;
}

const A = '%a = "d.a"() : () -> i32';

describe('dominance', () => {
  it('accepts a use after its definition', () => fine(`${A}\n"d.b"(%a) : (i32) -> ()`));

  it('rejects a use before its definition, in a region of an unregistered op too', () => {
    expect(only('"d.r"() ({\n  "d.b"(%a) : (i32) -> ()\n  %a = "d.a"() : () -> i32\n}) : () -> ()')).toEqual([
      'verify.dominance',
      "'d.b' op operand #0 does not dominate this use",
      'defined here, after the use',
    ]);
  });

  it('rejects an op that uses its own result', () => {
    expect(only('"d.r"() ({\n  %a = "d.b"(%a) : (i32) -> i32\n}) : () -> ()')).toEqual([
      'verify.dominance',
      "'d.b' op operand #0 does not dominate this use",
      'the operation uses its own result',
    ]);
  });

  it('rejects a use of a result inside the op that defines it', () => {
    expect(only('"d.r"() ({\n  %a = "d.r"() ({\n    "d.b"(%a) : (i32) -> ()\n  }) : () -> i32\n}) : () -> ()')).toEqual(
      ['verify.dominance', "'d.b' op operand #0 is a result of the operation that encloses it", 'defined here'],
    );
  });

  it('lets graph regions use values before they are defined', () => {
    fine('test.graph {\n  "d.b"(%a) : (i32) -> ()\n  %a = "d.b2"(%a) : (i32) -> i32\n}');
  });

  it('accepts what dominates through branches and rejects what does not', () => {
    const text = (use: string) => `test.func "f" {
^bb0(%c: i1):
  %a = "d.a"() : () -> i32
  cond_br %c, ^bb1, ^bb2
^bb1:
  %b = "d.a"() : () -> i32
  br ^bb3
^bb2:
  br ^bb3
^bb3:
  return ${use} : i32
}`;
    fine(text('%a'));
    expect(only(text('%b'))).toEqual([
      'verify.dominance',
      "'test.return' op operand #0 does not dominate this use",
      'defined here',
    ]);
  });

  it('looks at the enclosing op for uses in nested regions', () => {
    fine(`${A}\n"d.r"() ({\n  "d.s"() ({\n    "d.b"(%a) : (i32) -> ()\n  }) : () -> ()\n}) : () -> ()`);
    expect(
      only(
        '"d.q"() ({\n  "d.r"() ({\n    "d.b"(%a) : (i32) -> ()\n  }) : () -> ()\n  %a = "d.a"() : () -> i32\n}) : () -> ()',
      )[0],
    ).toBe('verify.dominance');
  });

  it('rejects a use outside of the region that defines the value', () => {
    const module = parse('"d.r"() ({\n  %a = "d.a"() : () -> i32\n}) : () -> ()');
    const value = find(module, 'd.a').result(0);
    Builder.atEnd(module.context, module.region(0).entry).insert(
      Operation.create(module.context.opInfo('d.b'), 0, [value], []),
    );
    const { result, diagnostics } = module.context.diagnostics.collect(() => verify(module));
    expect(result).toBe(false);
    expect(short(diagnostics)).toEqual([
      ['verify.dominance', "'d.b' op operand #0 is defined in a region that does not enclose it", 'defined here'],
    ]);
  });

  it('rejects the argument of a block that does not dominate', () => {
    expect(
      only(
        'test.func "f" {\n^bb0(%c: i1):\n  cond_br %c, ^bb1(%c : i1), ^bb2\n^bb1(%x: i1):\n  br ^bb2\n^bb2:\n  return %x : i1\n}',
      ),
    ).toEqual([
      'verify.dominance',
      "'test.return' op operand #0 does not dominate this use",
      'argument #0 of block #1 of this operation',
    ]);
  });

  it('ignores order in blocks that nothing reaches', () => {
    fine('test.func "f" {\n  return\n^bb1:\n  "d.b"(%a) : (i32) -> ()\n  %a = "d.a"() : () -> i32\n  return\n}');
  });

  it('rejects a value defined in an unreachable block and used in a reachable one', () => {
    expect(
      only('test.func "f" {\n  br ^bb2\n^bb1:\n  %a = "d.a"() : () -> i32\n  br ^bb2\n^bb2:\n  return %a : i32\n}')[0],
    ).toBe('verify.dominance');
  });
});

describe('links', () => {
  function broken(change: (op: Operation, module: Operation) => void): string[][] {
    const module = parse(`${A}\n%b = "d.b"(%a, %a, %a) : (i32, i32, i32) -> i32`);
    change(find(module, 'd.b'), module);
    return short(module.context.diagnostics.collect(() => verify(module, { useLists: true })).diagnostics);
  }
  it('rejects a missing operand', () => {
    expect(
      broken((op) => {
        op.operand1 = null;
      }),
    ).toContainEqual(['verify.null-operand', "'d.b' op operand #1 is null"]);
  });
  it('rejects an operand that its value does not know of', () => {
    expect(
      broken((op, module) => {
        op.moreOperands![0]!.value = new OpResult(module.context.i32, op, 0);
      }),
    ).toContainEqual(['verify.use-list', "'d.b' op operand #2 is not in the use-list of its value"]);
  });
  it('rejects an operand that another value takes for its own', () => {
    expect(
      broken((op) => {
        op.operand0 = op.result(0);
      }),
    ).toContainEqual([
      'verify.use-list',
      "'d.a' op has value #0, whose use-list names an operand that is another value",
      'the operand of this operation',
    ]);
  });
  it('rejects a use-list whose links do not meet', () => {
    expect(
      broken((op) => {
        op.moreOperands![0]!.next = null;
      }).map((d) => d[0]),
    ).toContain('verify.use-list');
  });
  it('rejects operands that were erased or never placed', () => {
    expect(
      broken((op, module) =>
        op.setOperand(0, Operation.create(module.context.opInfo('d.gone'), 0, [], [module.context.i32]).result(0)),
      ),
    ).toEqual([
      [
        'verify.dangling-operand',
        "'d.b' op operand #0 is a result of 'd.gone', which is not part of the IR",
        'defined here',
      ],
    ]);
    expect(broken((op, module) => op.setOperand(2, new Block().addArgument(module.context.i32)))).toEqual([
      ['verify.dangling-operand', "'d.b' op operand #2 is an argument of a block that is not part of the IR"],
    ]);
  });
  it('rejects an op that does not know its block', () => {
    expect(
      broken((op) => {
        op.parent = new Block();
      })[0],
    ).toEqual(['verify.links', "'d.b' op does not know the block it is in"]);
  });
});

describe('isolation', () => {
  it('rejects values from outside of an isolated op', () => {
    const module = parse(`${A}\n"test.func"() ({\n  "test.return"() : () -> ()\n}) {sym_name = "f"} : () -> ()`);
    const ret = find(module, 'test.return');
    ret.appendOperand(find(module, 'd.a').result(0));
    const { diagnostics } = module.context.diagnostics.collect(() => verify(module));
    expect(short(diagnostics)).toEqual([
      [
        'verify.isolation',
        "'test.return' op operand #0 uses a value defined outside the region",
        "'test.func' isolates its regions from above",
        'defined here',
      ],
    ]);
  });
});

describe('blocks', () => {
  it('rejects a block of a registered op that ends in something else than a terminator', () => {
    expect(only('test.func "f" {\n  %0 = test.constant 1 : i32\n}')).toEqual([
      'verify.block-terminator',
      "'test.constant' op ends its block but is not a terminator",
      "in a region of 'test.func', whose blocks need terminators",
    ]);
  });
  it('accepts an unregistered op at the end, which may be one', () =>
    fine('test.func "f" {\n  "d.end"() : () -> ()\n}'));
  it('rejects an empty block where a terminator is due', () => {
    expect(only('"test.func"() ({\n^bb0:\n}) {sym_name = "f"} : () -> ()')).toEqual([
      'verify.block-terminator',
      "'test.func' op has an empty block (block #0 of region #0); expected a terminator",
    ]);
  });
  it('accepts one block without a terminator in an unregistered op, but not several', () => {
    fine('"d.r"() ({\n  %0 = test.constant 1 : i32\n}) : () -> ()');
    expect(only('"d.r"() ({\n  "d.br"()[^bb1] : () -> ()\n^bb1:\n  %0 = test.constant 1 : i32\n}) : () -> ()')[0]).toBe(
      'verify.block-terminator',
    );
  });
  it('rejects successors anywhere but at the end of a block', () => {
    expect(
      only(
        '"d.r"() ({\n  "d.br"()[^bb1] : () -> ()\n  "d.end"() : () -> ()\n^bb1:\n  "d.end"() : () -> ()\n}) : () -> ()',
      ),
    ).toEqual([
      'verify.successor-position',
      "'d.br' op has successors and must be the last operation of its block",
      'followed by this operation',
    ]);
  });
  it('rejects a branch to the entry block', () => {
    expect(only('"d.r"() ({\n^bb0:\n  "d.br"()[^bb0] : () -> ()\n}) : () -> ()')).toEqual([
      'verify.entry-predecessor',
      "'d.br' op branches to the entry block of its region, which may not have predecessors",
    ]);
  });
  it('rejects a branch into another region', () => {
    const module = parse('"d.r"() ({\n  "d.br"()[^bb1] : () -> ()\n^bb1:\n  "d.end"() : () -> ()\n}) : () -> ()');
    find(module, 'd.br').setSuccessor(0, module.region(0).entry);
    const { diagnostics } = module.context.diagnostics.collect(() => verify(module));
    expect(short(diagnostics)).toEqual([
      ['verify.successor-region', "'d.br' op successor #0 is a block of another region"],
    ]);
  });
  it('rejects a terminator in the middle of a block', () => {
    expect(only('test.func "f" {\n  return\n  return\n}')).toEqual([
      'verify.terminator-position',
      "'test.return' op must be the last operation in the parent block",
    ]);
  });
  it('rejects several blocks in an op of single blocks', () => {
    const context = withOp({ regions: { body: { blocks: 'any' } }, traits: [SingleBlock] });
    expect(
      only('"x.op"() ({\n  "d.br"()[^bb1] : () -> ()\n^bb1:\n  "d.end"() : () -> ()\n}) : () -> ()', context)[0],
    ).toBe('verify.single-block');
  });
});

describe('counts and types against the definition', () => {
  it.each([
    [
      `${A}\n%1 = "test.add"(%a) : (i32) -> i32`,
      ['verify.operand-count', "'test.add' op expected 2 operands, but found 1"],
    ],
    [
      `${A}\n"test.add"(%a, %a) : (i32, i32) -> ()`,
      ['verify.result-count', "'test.add' op expected 1 result, but found 0"],
    ],
    [
      '%0 = "test.load"() : () -> i32',
      ['verify.operand-count', "'test.load' op expected 1 or more operands, but found 0"],
    ],
    [
      '"test.func"() {sym_name = "f"} : () -> ()',
      ['verify.region-count', "'test.func' op expected 1 region, but found 0"],
    ],
    ['"test.br"() : () -> ()', ['verify.successor-count', "'test.br' op expected 1 successor, but found 0"]],
    [
      '%0:2 = "d.a"() : () -> (i32, f32)\n%1 = "test.add"(%0#0, %0#1) : (i32, f32) -> i32',
      ['verify.operand-type', "'test.add' op operand #1 must be signless integer or index-like, but got 'f32'"],
    ],
    [
      `${A}\n%1 = "test.cmp"(%a, %a) {predicate = 0 : i64} : (i32, i32) -> i32`,
      ['verify.result-type', "'test.cmp' op result #0 must be 1-bit signless integer, but got 'i32'"],
    ],
    [
      `${A}\n%1 = "test.cmp"(%a, %a) : (i32, i32) -> i1`,
      ['verify.attribute-missing', "'test.cmp' op requires attribute 'predicate'"],
    ],
    [
      `${A}\n%1 = "test.cmp"(%a, %a) {predicate = "eq"} : (i32, i32) -> i1`,
      [
        'verify.attribute-type',
        `'test.cmp' op attribute 'predicate' failed to satisfy constraint: one of eq, ne, lt, got "eq"`,
      ],
    ],
    [
      `%0 = "d.a"() : () -> i1\n"test.if"(%0) ({\n}, {\n}) : (i1) -> ()`,
      ['verify.region-blocks', "'test.if' op region #0 ('whenTrue') must have one block, but has 0"],
    ],
    [
      `%0 = "d.a"() : () -> i1\n"test.if"(%0) ({\n  "test.return"() : () -> ()\n}, {\n}) : (i1) -> ()`,
      [
        'verify.region-terminator',
        "'test.if' op expects region #0 ('whenTrue') to end with 'test.yield'",
        "it ends with 'test.return'",
      ],
    ],
    [
      '%0:2 = "d.a"() : () -> (i32, i64)\n%1 = "test.cmp"(%0#0, %0#1) {predicate = 0 : i64} : (i32, i64) -> i1',
      ['verify.same-type-operands', "'test.cmp' op requires all operands to have the same type, got i32 and i64"],
    ],
    [
      '%0 = "d.a"() : () -> i32\n%1 = "test.add"(%0, %0) : (i32, i32) -> i64',
      [
        'verify.same-operands-and-result-type',
        "'test.add' op requires the same type for all operands and results, got i32 and i64",
      ],
    ],
    [
      '%0:2 = "d.a"() : () -> (i1, i32)\n%1 = "test.select"(%0#0, %0#1, %0#1) : (i1, i32, i32) -> i64',
      ['verify.types-match', "'test.select' op requires a, b, result to have the same type, got i32 and i64"],
    ],
    [
      '%0 = "d.a"() : () -> memref<f32>\n%1 = "test.load"(%0) : (memref<f32>) -> i32',
      [
        'verify.types-match',
        "'test.load' op requires result of type f32 to go with memref of type memref<f32>, got i32",
      ],
    ],
  ])('%s', (text, expected) => {
    expect(only(text)).toEqual(expected);
  });

  it('accepts tensors that only differ in what is known of their shape', () => {
    fine(
      '%0:2 = "d.a"() : () -> (tensor<4xi32>, tensor<?xi32>)\n%1 = "test.add"(%0#0, %0#1) : (tensor<4xi32>, tensor<?xi32>) -> tensor<4xi32>',
    );
  });

  it('rejects elementwise ops of different shapes, or with a scalar result of shaped operands', () => {
    const context = withOp({ operands: { a: AnyType, b: AnyType }, results: { r: AnyType }, traits: [Elementwise] });
    expect(
      only(
        '%0:2 = "d.a"() : () -> (vector<4xf32>, vector<8xf32>)\n%1 = "x.op"(%0#0, %0#1) : (vector<4xf32>, vector<8xf32>) -> vector<4xf32>',
        context,
      )[0],
    ).toBe('verify.elementwise-shape');
    expect(
      only(
        '%0 = "d.a"() : () -> vector<4xf32>\n%1 = "x.op"(%0, %0) : (vector<4xf32>, vector<4xf32>) -> f32',
        context,
      )[0],
    ).toBe('verify.elementwise-result');
  });

  it('limits an optional operand to one', () => {
    const context = withOp({ operands: { a: optional(AnyType) } });
    expect(only(`${A}\n"x.op"(%a, %a) : (i32, i32) -> ()`, context)).toEqual([
      'verify.operand-count',
      "'x.op' op expected 0 or 1 operands, but found 2",
    ]);
  });

  it.each([
    ['', "requires dense i32 array attribute 'operandSegmentSizes'"],
    ['{operandSegmentSizes = array<i64: 1, 1>}', "requires dense i32 array attribute 'operandSegmentSizes'"],
    ['{operandSegmentSizes = array<i32: 2>}', "'operandSegmentSizes' must have 2 elements, but has 1"],
    [
      '{operandSegmentSizes = array<i32: 2, 0>}',
      "operand group #0 requires 0 or 1 element, but 'operandSegmentSizes' says 2",
    ],
    [
      '{operandSegmentSizes = array<i32: 1, -1>}',
      "operand group #1 requires 0 or more elements, but 'operandSegmentSizes' says -1",
    ],
    [
      '{operandSegmentSizes = array<i32: 1, 2>}',
      "operand count (2) does not match the total size (3) in 'operandSegmentSizes'",
    ],
  ])('checks segment sizes: %s', (attributes, message) => {
    const context = withOp({ operands: { a: optional(AnyType), b: variadic(AnyType) } });
    expect(only(`${A}\n"x.op"(%a, %a) ${attributes} : (i32, i32) -> ()`, context)).toEqual([
      'verify.segment-sizes',
      `'x.op' op ${message}`,
    ]);
  });

  it('runs the verify hook only when everything before holds, and verifyRegions after nested ops', () => {
    const calls: string[] = [];
    const context = withOp({
      attributes: { n: attr.i64 },
      regions: { body: { blocks: 'any' } },
      verify: () => calls.push('verify'),
      verifyRegions: (op) => {
        calls.push('regions');
        op.emitError('x.bad', 'is bad');
      },
    });
    verifyText('"x.op"() ({\n}) : () -> ()', context);
    expect(calls).toEqual([]);
    expect(only('"x.op"() ({\n}) {n = 1 : i64} : () -> ()', context)).toEqual(['x.bad', "'x.op' op is bad"]);
    expect(calls).toEqual(['verify', 'regions']);
    calls.length = 0;
    verifyText(
      `"x.op"() ({\n  "test.cmp"() : () -> ()\n  "test.yield"() : () -> ()\n}) {n = 1 : i64} : () -> ()`,
      context,
    );
    expect(calls).toEqual(['verify']);
  });

  it('checks what a branch passes on', () => {
    const context = withOp({
      operands: { values: variadic(AnyType) },
      successors: ['dest'],
      traits: [Terminator],
      interfaces: [BranchInterface.implement({ successorOperands: (op) => ({ start: 0, end: op.operandCount }) })],
    });
    const text = (argument: string) =>
      `"d.r"() ({\n  ${A}\n  "x.op"(%a)[^bb1] : (i32) -> ()\n^bb1${argument}:\n  "d.end"() : () -> ()\n}) : () -> ()`;
    expect(short(verifyText(text('(%x: i32)'), context))).toEqual([]);
    expect(only(text(''), context)).toEqual([
      'verify.branch-count',
      "'x.op' op branch has 1 operand for successor #0, but target block has 0 arguments",
    ]);
    expect(only(text('(%x: i64)'), context)).toEqual([
      'verify.branch-type',
      "'x.op' op type mismatch for argument #0 of successor #0: 'i32' is passed for 'i64'",
    ]);
  });

  it('refuses a relation to a name the op does not have', () => {
    const context = withOp({ operands: { a: AnyType }, traits: [allTypesMatch('a', 'nothing')] });
    const { module, builder } = emptyModule(context);
    const a = builder.insert(Operation.create(context.opInfo('d.a'), 0, [], [context.i32]));
    builder.insert(Operation.create(context.opInfo('x.op'), 0, [a.result(0)], []));
    expect(() => verify(module)).toThrow("x.op has no operand or result 'nothing'");
  });
});

describe('symbols', () => {
  const func = (name: string) => `test.func "${name}" {\n  return\n}`;
  it('rejects a name that is taken, by an unregistered op too', () => {
    expect(only(`${func('f')}\n"d.global"() {sym_name = "f"} : () -> ()`)).toEqual([
      'verify.symbol-redefinition',
      "'d.global' op redefines the symbol 'f'",
      'first defined here',
    ]);
  });
  it('accepts one name in different tables', () => fine(`${func('f')}\nmodule {\n${func('f')}\n}`));
  it('warns about a symbol outside of a table', () => {
    expect(only(`test.graph {\n${func('f')}\n}`)).toEqual([
      'verify.symbol-parent',
      "'test.func' op defines a symbol, but 'test.graph' around it is no symbol table",
    ]);
  });
  it('rejects an unknown visibility', () => {
    expect(only('"test.func"() ({\n}) {sym_name = "f", sym_visibility = "secret"} : () -> ()')).toEqual([
      'verify.symbol-visibility',
      `'test.func' op visibility must be "public", "private" or "nested", but got "secret"`,
    ]);
  });
  it('rejects a symbol without a name', () => {
    const context = testContext();
    const { module, builder } = emptyModule(context);
    const f = FuncOp.create(builder, 0, { sym_name: 'f' });
    f.setAttr('sym_name', null);
    const { diagnostics } = context.diagnostics.collect(() => verify(module));
    expect(diagnostics.map((d) => d.id)).toEqual(['verify.attribute-missing']);
  });
  it('rejects a symbol of an op whose definition knows no name', () => {
    const nameless = defineOp({ name: 'nameless.symbol', summary: 'a symbol', traits: [SymbolTrait] });
    const context = testContext();
    context.registerDialect(defineDialect({ name: 'nameless', summary: 'symbols', ops: [nameless] }));
    const { module, builder } = emptyModule(context);
    const op = nameless.create(builder, 0, {});
    const ids = () => context.diagnostics.collect(() => verify(module)).diagnostics.map((d) => d.id);
    expect(ids()).toEqual(['verify.symbol-name']);
    op.setAttr('sym_name', context.stringAttr('f'));
    expect(ids()).toEqual([]);
  });
  it('rejects a symbol table of several blocks', () => {
    expect(
      short(
        verifyText('"builtin.module"() ({\n  "d.br"()[^bb1] : () -> ()\n^bb1:\n  "d.end"() : () -> ()\n}) : () -> ()'),
      ).map((d) => d[0]),
    ).toContain('verify.symbol-table');
  });
});

describe('verify', () => {
  it('rejects unregistered ops unless the context allows them', () => {
    const context = testContext();
    const module = parse('"d.a"() : () -> ()', context);
    context.allowUnregistered = false;
    const { result, diagnostics } = context.diagnostics.collect(() => verify(module));
    expect(result).toBe(false);
    expect(diagnostics.map((d) => d.id)).toEqual(['verify.unregistered']);
  });

  it('reports every op that is wrong, in order', () => {
    const list = verifyText(
      `${A}\n"test.add"(%a) : (i32) -> ()\n"test.func"() ({\n  "test.br"() : () -> ()\n}) {sym_name = "f"} : () -> ()`,
    );
    expect(list.map((d) => d.id)).toEqual(['verify.operand-count', 'verify.result-count', 'verify.successor-count']);
  });

  it('does not fail on warnings', () => {
    const context = withOp({ verify: (op) => op.emitWarning('x.hm', 'looks odd') });
    const module = parse('"x.op"() : () -> ()', context);
    const { result, diagnostics } = context.diagnostics.collect(() => verify(module));
    expect(result).toBe(true);
    expect(diagnostics.map((d) => d.severity)).toEqual(['warning']);
  });

  it('verifies a nested op without what is around it', () => {
    const context = testContext();
    const block = new Block();
    const op = YieldOp.create(Builder.atEnd(context, block), 0, { values: [block.addArgument(context.i32)] });
    expect(verify(op)).toBe(true);
  });
});
