// What goes wrong while a compiled program runs: a RuntimeTrap of the interpreter's kind, with the line of the op that
// could not go on, from kernels, host code, functions and loops alike. Sizes known before the run: shapes.test.ts.
import { RuntimeTrap, type TrapKind } from '@budflow/runtime';
import { type CompiledModule, compile } from 'budflow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

type Given = readonly (Float32Array | Int32Array | BigInt64Array | number)[];

interface Row {
  readonly name: string;
  /** `@F` is the function; `// <-` ends the line that the trap names. Without one it names none. */
  readonly text: string;
  readonly args: Given;
  readonly kind: TrapKind;
  readonly message: RegExp;
}

const d = 'tensor<?xf32>';
const floats = (n: number, value = 1) => new Float32Array(n).fill(value);
const ints = (...values: number[]) => Int32Array.from(values);

const divisions = ['divsi', 'divui', 'remsi', 'remui', 'floordivsi', 'ceildivsi'].map(
  (op): Row => ({
    name: `${op} by zero for every element`,
    text: `func.func @F(%x: tensor<9xi32>, %y: tensor<9xi32>) -> tensor<9xi32> {
  %0 = array.map %x, %y : tensor<9xi32>, tensor<9xi32> to tensor<9xi32> body(%a: i32, %b: i32) {
    %1 = arith.${op} %a, %b : i32 // <-
    array.yield %1 : i32
  }
  return %0 : tensor<9xi32>
}`,
    args: [ints(9, 8, 7, 6, 5, 4, 3, 2, 1), ints(1, 2, 3, 4, 5, 6, 7, 8, 0)],
    kind: 'DivisionByZero',
    message: /integer division by zero/,
  }),
);

const ROWS: readonly Row[] = [
  ...divisions,
  {
    name: 'a quotient that no integer is',
    text: `func.func @F(%x: tensor<1xi32>, %y: tensor<1xi32>) -> tensor<1xi32> {
  %0 = array.map %x, %y : tensor<1xi32>, tensor<1xi32> to tensor<1xi32> body(%a: i32, %b: i32) {
    %1 = arith.divsi %a, %b : i32 // <-
    array.yield %1 : i32
  }
  return %0 : tensor<1xi32>
}`,
    args: [ints(-(2 ** 31)), ints(-1)],
    kind: 'Undefined',
    message: /signed division overflow/,
  },
  {
    name: 'a kernel of a function that a loop calls',
    text: `func.func private @F_inner(%x: tensor<?xi32>, %n: index) -> tensor<?xi32> {
  %i = arith.index_cast %n : index to i32
  %t = array.from_scalar %i : i32 -> tensor<i32>
  %s = array.broadcast %t dims = [] sizes(%n) : tensor<i32> to tensor<?xi32>
  %0 = array.map %x, %s : tensor<?xi32>, tensor<?xi32> to tensor<?xi32> body(%a: i32, %b: i32) {
    %c5 = arith.constant 5 : i32
    %1 = arith.subi %b, %c5 : i32
    %2 = arith.divsi %a, %1 : i32 // <-
    array.yield %2 : i32
  }
  return %0 : tensor<?xi32>
}
func.func @F(%x: tensor<?xi32>, %n: index) -> tensor<?xi32> {
  %0 = call @F_inner(%x, %n) : (tensor<?xi32>, index) -> tensor<?xi32>
  return %0 : tensor<?xi32>
}`,
    args: [ints(1, 2, 3, 4, 5), 5],
    kind: 'DivisionByZero',
    message: /integer division by zero/,
  },
  {
    name: 'a division of numbers',
    text: `func.func @F(%x: tensor<3xf32>, %n: i32, %i: i32) -> (tensor<3xf32>, i32) {
  %0 = array.neg %x : tensor<3xf32>
  %1 = arith.divsi %i, %n : i32 // <-
  return %0, %1 : tensor<3xf32>, i32
}`,
    args: [floats(3), 0, 5],
    kind: 'DivisionByZero',
    message: /integer division by zero/,
  },
  {
    name: 'a division of indices',
    text: `func.func @F(%x: ${d}, %n: index) -> ${d} {
  %c7 = arith.constant 7 : index
  %k = arith.divsi %c7, %n : index // <-
  %0 = array.full 1.0 : f32, ${d} (%k)
  return %0 : ${d}
}`,
    args: [floats(3), 0],
    kind: 'DivisionByZero',
    message: /integer division by zero/,
  },
  {
    name: 'a division in a loop of the host',
    text: `func.func @F(%x: tensor<3xi32>, %n: i32) -> tensor<3xi32> {
  %c1 = arith.constant 1 : i32
  %r:2 = loop.for %k = 0 to 5 iter_args(%a = %x, %b = %n) -> (tensor<3xi32>, i32) {
    %1 = arith.remsi %n, %b : i32 // <-
    %t = array.from_scalar %1 : i32 -> tensor<i32>
    %u = array.broadcast %t dims = [] : tensor<i32> to tensor<3xi32>
    %0 = array.add %a, %u : tensor<3xi32>
    %2 = arith.subi %b, %c1 : i32
    loop.yield %0, %2 : tensor<3xi32>, i32
  }
  return %r#0 : tensor<3xi32>
}`,
    args: [ints(1, 2, 3), 2],
    kind: 'DivisionByZero',
    message: /integer division by zero/,
  },
  {
    name: 'a check',
    text: `func.func @F(%x: ${d}, %n: index) -> ${d} {
  %c5 = arith.constant 5 : index
  %p = arith.cmpi slt, %n, %c5 : index
  cf.assert %p, "n must be less than 5" // <-
  %0 = array.neg %x : ${d}
  return %0 : ${d}
}`,
    args: [floats(3), 7],
    kind: 'CheckFailed',
    message: /n must be less than 5/,
  },
  {
    name: 'a check in a loop of small arrays',
    text: `func.func @F(%x: tensor<4xf32>, %n: index) -> tensor<4xf32> {
  %c5 = arith.constant 5 : index
  %r = loop.for %i = 0 to %n iter_args(%a = %x) -> (tensor<4xf32>) {
    %p = arith.cmpi slt, %i, %c5 : index
    cf.assert %p, "i must be less than 5" // <-
    %0 = array.neg %a : tensor<4xf32>
    loop.yield %0 : tensor<4xf32>
  }
  return %r : tensor<4xf32>
}`,
    args: [floats(4), 7],
    kind: 'CheckFailed',
    message: /i must be less than 5/,
  },
  {
    name: 'an expectation in a function',
    text: `func.func private @F_inner(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  array.expect equal %x, %y : tensor<3xf32>, tensor<3xf32> // <-
  return
}
func.func @F(%x: tensor<3xf32>, %y: tensor<3xf32>) {
  call @F_inner(%x, %y) : (tensor<3xf32>, tensor<3xf32>) -> ()
  return
}`,
    args: [floats(3), floats(3, 2)],
    kind: 'CheckFailed',
    message: /1/,
  },
  {
    name: 'a size from data that is negative',
    text: `func.func @F(%n: tensor<i64>) -> ${d} {
  %0 = array.extract %n : tensor<i64> -> i64
  %k = arith.index_cast %0 : i64 to index
  %1 = array.full 1.0 : f32, ${d} (%k) // <-
  return %1 : ${d}
}`,
    args: [BigInt64Array.of(-2n)],
    kind: 'ShapeMismatch',
    message: /a size must not be negative/,
  },
  {
    name: 'a size from data beyond all memory',
    text: `func.func @F(%n: tensor<i64>) -> ${d} {
  %0 = array.extract %n : tensor<i64> -> i64
  %k = arith.index_cast %0 : i64 to index
  %1 = array.full 1.0 : f32, ${d} (%k) // <-
  return %1 : ${d}
}`,
    args: [BigInt64Array.of(2n ** 40n)],
    kind: 'HeapExhausted',
    message: /bytes requested/,
  },
  {
    name: 'a size whose bytes no number counts',
    text: `func.func @F(%x: tensor<f32>, %n: index) -> ${d} {
  %k = arith.muli %n, %n : index
  %0 = array.broadcast %x dims = [] sizes(%k) : tensor<f32> to ${d} // <-
  return %0 : ${d}
}`,
    args: [floats(1), 2 ** 53 - 1],
    kind: 'HeapExhausted',
    message: /is larger than any memory/,
  },
  {
    name: 'an index that no number of the host holds',
    text: `func.func @F(%n: index) -> index {
  %0 = arith.muli %n, %n : index
  return %0 : index
}`,
    args: [2 ** 53 - 1],
    kind: 'IndexRange',
    message: /is beyond 2\^53/,
  },
  {
    name: 'arrays of two sizes that the program computes',
    text: `func.func @F(%x: ${d}, %y: ${d}, %z: ${d}) -> ${d} {
  %0 = array.concat %x, %y dim = 0 : ${d}, ${d} to ${d}
  %1 = array.mul %0, %z : ${d} // <-
  return %1 : ${d}
}`,
    args: [floats(3), floats(4), floats(8)],
    kind: 'ShapeMismatch',
    message: /is 8, but dimension 0 of operand 0 is 7/,
  },
  {
    name: 'a slice of a dynamic array that is too short',
    text: `func.func @F(%x: ${d}, %i: tensor<i32>) -> tensor<4xf32> {
  %0 = array.dynamic_slice %x [%i] sizes = [4] : ${d}, tensor<i32> to tensor<4xf32> // <-
  return %0 : tensor<4xf32>
}`,
    args: [floats(3), ints(0)],
    kind: 'ShapeMismatch',
    message: /is 3, but must be at least 4/,
  },
  {
    name: 'an update that is longer than what it goes into',
    text: `func.func @F(%x: ${d}, %u: ${d}, %i: tensor<i32>) -> ${d} {
  %0 = array.dynamic_update_slice %x, %u [%i] : ${d}, ${d}, tensor<i32> // <-
  return %0 : ${d}
}`,
    args: [floats(3), floats(5), ints(0)],
    kind: 'ShapeMismatch',
    message: /is 3, but must be at least 5, dimension 0 of argument 1/,
  },
  {
    name: 'the greatest of no elements',
    text: `func.func @F(%x: ${d}) -> tensor<i32> {
  %0 = array.argmax %x dim = 0 : ${d} to tensor<i32> // <-
  return %0 : tensor<i32>
}`,
    args: [floats(0)],
    kind: 'ShapeMismatch',
    message: /is 0, but must be at least 1/,
  },
  {
    name: 'an array that a loop carries and makes longer',
    text: `func.func @F(%x: ${d}) -> ${d} {
  %r = loop.for %i = 0 to 3 iter_args(%a = %x) -> (${d}) { // <-
    %b = array.concat %a, %a dim = 0 : ${d}, ${d} to ${d}
    loop.yield %b : ${d}
  }
  return %r : ${d}
}`,
    args: [floats(4)],
    kind: 'ShapeMismatch',
    message: /dimension 0 of carried value 0 is 8, but dimension 0 of argument 0 is 4/,
  },
  {
    name: 'functions of numbers that call each other for ever',
    text: `func.func @F(%n: i32) -> i32 {
  %0 = call @F(%n) : (i32) -> i32
  return %0 : i32
}`,
    args: [1],
    kind: 'CallDepth',
    message: /the call stack of the engine is full/,
  },
];

/** All functions in one module: `@F` of row 3 is `@f3`. */
const TEXT = ROWS.map(({ text }, i) => text.replaceAll('@F', `@f${i}`)).join('\n');
const LINES = TEXT.split('\n');
/** First line of each row, from 1 on. */
const FIRST = ROWS.map((_, i) => 1 + ROWS.slice(0, i).reduce((n, { text }) => n + text.split('\n').length, 0));

const HOSTS = ([0, 3] as const).flatMap((level) =>
  (['generated', 'interpreted'] as const).map((host) => ({ level, host })),
);

describe.each(HOSTS)('-O$level, $host host code', ({ level, host }) => {
  let module: CompiledModule;
  beforeAll(() => {
    module = compile(TEXT, { file: 'p.mlir', level, host });
  });
  afterAll(() => module.dispose());

  test.each(ROWS.map((row, i) => [row.name, row, i] as const))('%s', (_, { text, args, kind, message }, i) => {
    const line = LINES.findIndex((l, at) => at >= FIRST[i]! - 1 && l.endsWith('// <-')) + 1;
    let trap: unknown;
    try {
      module.call(`f${i}`, [...args]);
    } catch (error) {
      trap = error;
    }
    expect(trap).toBeInstanceOf(RuntimeTrap);
    const { kind: got, message: said } = trap as RuntimeTrap;
    expect(got, said).toBe(kind);
    expect(said).toMatch(message);
    if (text.includes('// <-')) expect(said).toContain(`p.mlir:${line}:`);
  });
});

test('a loop with bounds beyond 2^31, known only when it runs, counts on the host and traps as one kernel', () => {
  const text = `func.func @main(%x: tensor<f32>, %n: index, %m: index) -> tensor<f32> {
  %c = array.constant dense<1.0> : tensor<f32>
  %r = loop.for %i = %n to %m iter_args(%a = %x) -> (tensor<f32>) {
    %s = array.add %a, %c : tensor<f32>
    loop.yield %s : tensor<f32>
  }
  return %r : tensor<f32>
}`;
  const args = [floats(1), 3e9, 3e9 + 4];
  const plain = compile(text, { file: 'p.mlir', level: 0 });
  expect(plain.call('main', args)[0]!.data[0]).toBe(5);
  plain.dispose();
  const outlined = compile(text, { file: 'p.mlir', level: 3 });
  expect(() => outlined.call('main', args)).toThrow(/^p\.mlir:3:8: main: kernel .* needs more than 32 bits/);
  outlined.dispose();
});
