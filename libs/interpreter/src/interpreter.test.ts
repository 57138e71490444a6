// Control flow, calls, limits and traps, on text in the core dialects and with ops of a dialect made up here.

import { registerCoreDialects } from '@budflow/dialect-core';
import {
  AnyType,
  attr,
  type Block,
  Context,
  defineDialect,
  defineOp,
  Index,
  MemoryEffects,
  type Operation,
  parseModule,
  Terminator,
  variadic,
} from '@budflow/ir';
import { describe, expect, it } from 'vitest';
import {
  exitsRegion,
  Interpretable,
  Interpreter,
  type InterpreterOptions,
  interpretPureOp,
  makeTensor,
  moveSlots,
  RuntimeTrap,
  type RuntimeValue,
  TensorValue,
  tensorFrom,
} from './index.js';

/** `test.repeat %n iter(%init) { ^bb0(%i, %acc): ... test.yield %next }`: a loop with a region, for the region helpers. */
const RepeatOp = defineOp({
  name: 'test.repeat',
  summary: 'Runs its region n times.',
  operands: { n: Index, inits: variadic(AnyType) },
  results: { results: variadic(AnyType) },
  regions: { body: { blocks: 'any' } },
  interfaces: [
    Interpretable.implement({
      compile(op, c) {
        const body = c.region(op.region(0));
        const [n, ...inits] = c.operandSlots(op) as [number, ...number[]];
        const [i, ...carried] = body.arguments as [number, ...number[]];
        const results = c.resultSlots(op);
        return (frame) => {
          const v = frame.values;
          moveSlots(v, inits, carried);
          for (let k = 0; k < (v[n] as number); k++) {
            v[i] = k;
            moveSlots(v, body.run(frame).slots, carried);
          }
          moveSlots(v, carried, results);
        };
      },
    }),
  ],
});
const YieldOp = defineOp({
  name: 'test.yield',
  summary: 'Ends the region.',
  operands: { values: variadic(AnyType) },
  traits: [Terminator],
  interfaces: [exitsRegion],
});
const OpaqueOp = defineOp({
  name: 'test.opaque',
  summary: 'Has no semantics.',
  attributes: { note: attr.unit },
  results: { r: AnyType },
});
const testDialect = defineDialect({ name: 'test', summary: 'Of the tests.', ops: [RepeatOp, YieldOp, OpaqueOp] });

function moduleOf(text: string): Operation {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(testDialect);
  const { result, diagnostics } = context.diagnostics.collect(() => parseModule(text, context, { file: 'test.mlir' }));
  if (!result || diagnostics.length) throw new Error(diagnostics.map((d) => d.message).join('\n'));
  return result;
}
const call = (text: string, args: RuntimeValue[] = [], options: InterpreterOptions = {}) =>
  new Interpreter(moduleOf(text), options).call('f', args);

function trapOf(f: () => unknown): RuntimeTrap {
  try {
    f();
  } catch (error) {
    if (error instanceof RuntimeTrap) return error;
    throw error;
  }
  throw new Error('no trap');
}

const FACTORIAL = `func.func @f(%n: i32) -> i32 {
  %c1 = arith.constant 1 : i32
  %c = arith.cmpi sle, %n, %c1 : i32
  cf.cond_br %c, ^done, ^more
^done:
  return %c1 : i32
^more:
  %m = arith.subi %n, %c1 : i32
  %r = call @f(%m) : (i32) -> i32
  %s = arith.muli %n, %r : i32
  return %s : i32
}`;

describe('control flow', () => {
  it('follows branches and passes block arguments as one parallel move', () => {
    // Fibonacci with swapped arguments: (a, b) <- (b, a + b).
    const text = `func.func @f(%n: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  cf.br ^loop(%n, %c0, %c1 : i32, i32, i32)
^loop(%k: i32, %a: i32, %b: i32):
  %z = arith.cmpi eq, %k, %c0 : i32
  cf.cond_br %z, ^done(%a : i32), ^next
^next:
  %j = arith.subi %k, %c1 : i32
  %s = arith.addi %a, %b : i32
  cf.br ^loop(%j, %b, %s : i32, i32, i32)
^done(%r: i32):
  return %r : i32
}`;
    expect(call(text, [10])).toEqual([55]);
    const swap = `func.func @f(%n: i32, %x: i32, %y: i32) -> (i32, i32) {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  cf.br ^loop(%x, %y : i32, i32)
^loop(%a: i32, %b: i32):
  %s = arith.cmpi sgt, %a, %b : i32
  cf.cond_br %s, ^loop(%b, %a : i32, i32), ^done
^done:
  return %a, %b : i32, i32
}`;
    expect(call(swap, [1, 9, 4])).toEqual([4, 9]);
  });

  it('calls recursively, each activation with values of its own', () => {
    expect(call(FACTORIAL, [6])).toEqual([720]);
  });

  it('switches on values', () => {
    const text = `func.func @f(%a: i32) -> i32 {
  %x = arith.constant 10 : i32
  %y = arith.constant 20 : i32
  %z = arith.constant 30 : i32
  cf.switch %a : i32, [
    default: ^bb1(%x : i32),
    5: ^bb1(%y : i32),
    -1: ^bb1(%z : i32)
  ]
^bb1(%r: i32):
  return %r : i32
}`;
    expect([0, 5, -1].map((a) => call(text, [a])[0])).toEqual([10, 20, 30]);
  });

  it('runs regions as loops, with branches inside them', () => {
    const text = `func.func @f(%n: index) -> index {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %r = "test.repeat"(%n, %c0) ({
  ^bb0(%i: index, %acc: index):
    %m = arith.remui %i, %c2 : index
    %even = arith.cmpi eq, %m, %c0 : index
    cf.cond_br %even, ^add, ^skip
  ^add:
    %s = arith.addi %acc, %i : index
    "test.yield"(%s) : (index) -> ()
  ^skip:
    "test.yield"(%acc) : (index) -> ()
  }) : (index, index) -> index
  return %r : index
}`;
    expect(call(text, [10])).toEqual([20]);
  });

  it('calls function values and functions of the host', () => {
    const text = `func.func private @host(i32) -> i32
func.func @g(%x: i32) -> i32 {
  %r = call @host(%x) : (i32) -> i32
  return %r : i32
}
func.func @f(%x: i32) -> i32 {
  %f = constant @g : (i32) -> i32
  %r = call_indirect %f(%x) : (i32) -> i32
  return %r : i32
}`;
    expect(call(text, [4], { externals: { host: ([x]) => [(x as number) * 2] } })).toEqual([8]);
    expect(trapOf(() => call(text, [4])).message).toMatch(/@host, which has no body and is not among the externals/);
  });
});

describe('traps', () => {
  it('carry kind, op and place', () => {
    const trap = trapOf(() =>
      call(
        'func.func @f(%a: i32) -> i32 {\n  %z = arith.constant 0 : i32\n  %r = arith.divsi %a, %z : i32\n  return %r : i32\n}',
        [1],
      ),
    );
    expect(trap.kind).toBe('DivisionByZero');
    expect(trap.op?.name).toBe('arith.divsi');
    expect(`${trap.location}`).toContain('test.mlir');
    expect(trap.message).toBe("test.mlir:3:8: 'arith.divsi': integer division by zero");
  });

  it('name the innermost op of a call chain', () => {
    const trap = trapOf(() =>
      call(
        `func.func @g(%c: i1) {\n cf.assert %c, "c must hold"\n return\n}\nfunc.func @f(%c: i1) {\n call @g(%c) : (i1) -> ()\n return\n}`,
        [0],
      ),
    );
    expect(trap.kind).toBe('CheckFailed');
    expect(trap.reason).toBe('c must hold');
    expect(trap.op?.name).toBe('cf.assert');
    expect(trap.callers.map((op) => op.name)).toEqual(['func.call']);
  });

  it('stop endless loops and endless recursion', () => {
    expect(trapOf(() => call('func.func @f() {\n cf.br ^a\n^a:\n cf.br ^a\n}', [], { maxSteps: 1000 })).kind).toBe(
      'StepLimit',
    );
    expect(trapOf(() => call('func.func @f() {\n call @f() : () -> ()\n return\n}')).kind).toBe('CallDepth');
    expect(trapOf(() => call('func.func @f() {\n call @f() : () -> ()\n return\n}', [], { maxDepth: 1e9 })).kind).toBe(
      'CallDepth',
    );
  });

  it('come from ops without semantics only when they are reached', () => {
    const text = (c: string) => `func.func @f() -> i32 {
  %c = arith.constant ${c}
  %k = arith.constant 1 : i32
  cf.cond_br %c, ^a, ^b
^a:
  %r = "test.opaque"() : () -> i32
  return %r : i32
^b:
  return %k : i32
}`;
    expect(call(text('false'))).toEqual([1]);
    const trap = trapOf(() => call(text('true')));
    expect(trap.kind).toBe('NotInterpretable');
    expect(trap.reason).toBe('test.opaque cannot be executed yet');
  });

  it('reject calls that do not fit', () => {
    expect(trapOf(() => new Interpreter(moduleOf(FACTORIAL)).call('g')).message).toBe(
      'no function @g with a body; there is @f',
    );
    expect(trapOf(() => call(FACTORIAL, [])).reason).toBe('@f takes 1 arguments, got 0');
    expect(trapOf(() => call(FACTORIAL, [1n])).reason).toBe(
      'argument 0 of @f: expected an integer number for i32, got 1',
    );
    expect(trapOf(() => call(FACTORIAL, [0.5])).kind).toBe('BadArgument');
    expect(trapOf(() => call(FACTORIAL, [2 ** 31])).reason).toMatch(/out of the range of i32/);
    const module = moduleOf('func.func @f(%t: tensor<2x?xf32>) {\n return\n}');
    const { context } = module;
    const wrong = makeTensor(context.tensor([3, 1], context.f32));
    expect(trapOf(() => new Interpreter(module).call('f', [wrong])).reason).toBe(
      'argument 0 of @f: a tensor of shape [3, 1] does not fit tensor<2x?xf32>',
    );
    const ints = makeTensor(context.tensor([2, 1], context.i32));
    expect(trapOf(() => new Interpreter(module).call('f', [ints])).reason).toMatch(/expected elements of f32/);
  });
});

describe('large values', () => {
  it('are let go after their last use', () => {
    const lines = Array.from({ length: 20 }, (_, i) => `  %${i + 1} = arith.addf %${i}, %${i} : tensor<4xf32>`).join(
      '\n',
    );
    const text =
      `func.func @f(%0: tensor<4xf32>) -> tensor<4xf32> {\n${lines.replaceAll('%0,', '%0,')}\n  return %20 : tensor<4xf32>\n}`.replace(
        /%(\d+)/g,
        '%v$1',
      );
    const module = moduleOf(text);
    const { context } = module;
    const alive: number[] = [];
    let block: Block | undefined;
    module.walk((op) => {
      if (op.name === 'func.return') block = op.parent!;
    });
    // A probe op at the end of the block looks at the frame.
    context.attach('func.return', Interpretable, {
      compile(op, c) {
        const exit = c.exit(op);
        return (frame) => {
          alive.push(frame.values.filter((v) => v instanceof TensorValue).length);
          return exit;
        };
      },
    });
    expect(block).toBeDefined();
    const [result] = new Interpreter(module).call('f', [
      tensorFrom(context.tensor([4], context.f32), [1, 2, 3, 4]),
    ]) as [TensorValue];
    expect([...result.data]).toEqual([1, 2, 3, 4].map((x) => x * 2 ** 20));
    // The argument and the result; the nineteen between are gone.
    expect(alive).toEqual([2]);
  });
});

describe('trace', () => {
  it('tells each op and its results', () => {
    const seen: string[] = [];
    call(FACTORIAL, [2], { trace: (op, results) => seen.push(`${op.name} ${results.join()}`) });
    expect(seen).toEqual([
      'arith.constant 1',
      'arith.cmpi 0',
      'cf.cond_br ',
      'arith.subi 1',
      'arith.constant 1',
      'arith.cmpi 1',
      'cf.cond_br ',
      'func.return ',
      'func.call 1',
      'arith.muli 2',
      'func.return ',
    ]);
  });
});

describe('interpretPureOp', () => {
  it('evaluates pure ops and leaves all others alone', () => {
    const module = moduleOf(
      'func.func @f(%a: i32, %c: i1) -> i32 {\n %r = arith.addi %a, %a : i32\n cf.assert %c, "x"\n %o = "test.opaque"() : () -> i32\n return %r : i32\n}',
    );
    const { context } = module;
    const folded = new Map<string, string | null>();
    module.walk((op) => {
      const constants = op.operands.map((v) => context.constantAttr(v.type, 1));
      folded.set(op.name, interpretPureOp(op, constants)?.join() ?? null);
    });
    expect(folded.get('arith.addi')).toBe('2 : i32');
    expect(folded.get('cf.assert')).toBeNull();
    expect(folded.get('test.opaque')).toBeNull();
    expect(folded.get('func.return')).toBeNull();
  });

  it('runs a region only when it depends on nothing outside', () => {
    const text = (used: string) => `func.func @f(%n: index) -> index {
  %r = "test.repeat"(%n, %n) ({
  ^bb0(%i: index, %acc: index):
    %s = arith.addi %acc, ${used} : index
    "test.yield"(%s) : (index) -> ()
  }) : (index, index) -> index
  return %r : index
}`;
    for (const [used, result] of [
      ['%i', '6 : index'],
      ['%n', null],
    ] as const) {
      const module = moduleOf(text(used));
      const { context } = module;
      context.attach('test.repeat', MemoryEffects, { effects: () => [] });
      module.walk((op) => {
        if (op.name === 'test.repeat')
          expect(interpretPureOp(op, [context.indexAttr(3), context.indexAttr(3)])?.join() ?? null).toBe(result);
      });
    }
  });
});
