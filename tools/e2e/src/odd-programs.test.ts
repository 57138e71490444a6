// Programs that nobody writes and somebody generates: deep nests, loops without trips, many carried arrays, results that
// are arguments, arguments given twice. Interpreter and compiled code agree on all of them.
import { type CompiledModule, compile } from 'budflow';
import { afterAll, describe, expect, test } from 'vitest';
import { tensor } from './arguments.js';
import { callCompiled, callInterpreter, difference, oracleModule, PLAIN, type TestArgument } from './differential.js';

const DEPTH = 20;
const T = 'tensor<4xf32>';
const levels = Array.from({ length: DEPTH }, (_, i) => i);
const types = (n: number, type = T) => new Array<string>(n).fill(type).join(', ');

const loops = `func.func @NAME(%a0: ${T}) -> ${T} {
${levels.map((i) => `%r${i} = loop.for %i${i} = 0 to 1 iter_args(%a${i + 1} = %a${i}) -> (${T}) {`).join('\n')}
%s = array.add %a${DEPTH}, %a0 : ${T}
loop.yield %s : ${T}
}
${levels
  .slice(1)
  .reverse()
  .map((i) => `loop.yield %r${i} : ${T}\n}`)
  .join('\n')}
return %r0 : ${T}
}`;

const branches = `func.func @NAME(%x: ${T}, %n: index) -> ${T} {
${levels.map((i) => `%c${i} = arith.constant ${i} : index\n%p${i} = arith.cmpi sgt, %n, %c${i} : index`).join('\n')}
${levels.map((i) => `%r${i} = loop.if %p${i} -> (${T}) {`).join('\n')}
%s = array.add %x, %x : ${T}
loop.yield %s : ${T}
} else {
loop.yield %x : ${T}
}
${levels
  .slice(1)
  .reverse()
  .map((i) => `loop.yield %r${i} : ${T}\n} else {\n%e${i} = array.mul %x, %x : ${T}\nloop.yield %e${i} : ${T}\n}`)
  .join('\n')}
return %r0 : ${T}
}`;

const carried = (
  type: string,
) => `func.func @NAME(${levels.map((i) => `%x${i}: ${type}`).join(', ')}, %n: index) -> (${types(DEPTH, type)}) {
  %r:${DEPTH} = loop.for %i = 0 to %n iter_args(${levels.map((i) => `%a${i} = %x${i}`).join(', ')}) -> (${types(DEPTH, type)}) {
${levels.map((i) => `    %s${i} = array.add %a${i}, %a${(i + 1) % DEPTH} : ${type}`).join('\n')}
    loop.yield ${levels.map((i) => `%s${(i + 3) % DEPTH}`).join(', ')} : ${types(DEPTH, type)}
  }
  return ${levels.map((i) => `%r#${i}`).join(', ')} : ${types(DEPTH, type)}
}`;

interface Row {
  readonly name: string;
  readonly text: string;
  readonly calls: readonly (readonly TestArgument[])[];
}

const x = tensor('f32', [4], 1);
const y = tensor('f32', [4], 2);
const twenty = levels.map((i) => tensor('f32', [4], i));

const ROWS: readonly Row[] = [
  { name: '20 nested loops', text: loops, calls: [[x]] },
  { name: '20 nested branches', text: branches, calls: [0, 10, 30].map((n) => [x, n]) },
  { name: '20 carried arrays that change places', text: carried(T), calls: [0, 1, 3].map((n) => [...twenty, n]) },
  { name: '20 carried arrays of dynamic sizes', text: carried('tensor<?xf32>'), calls: [[...twenty, 2]] },
  {
    name: 'loops without trips',
    text: `func.func @NAME(%x: ${T}, %n: index) -> (${T}, ${T}) {
  %r = loop.for %i = 0 to %n iter_args(%a = %x) -> (${T}) {
    %s = array.exp %a : ${T}
    loop.yield %s : ${T}
  }
  %q = loop.for %i = 5 to 2 iter_args(%a = %x) -> (${T}) {
    %s = array.exp %a : ${T}
    loop.yield %s : ${T}
  }
  return %r, %q : ${T}, ${T}
}`,
    calls: [
      [x, 0],
      [x, -7],
    ],
  },
  { name: 'no arguments, results or ops', text: 'func.func @NAME() {\n  return\n}', calls: [[]] },
  {
    name: 'arguments that nothing uses',
    text: `func.func @NAME(%x: ${T}, %y: tensor<?x?xf32>, %n: index, %z: ${T}) -> ${T} {\n  %0 = array.neg %z : ${T}\n  return %0 : ${T}\n}`,
    calls: [[x, tensor('f32', [0, 3]), 3, y]],
  },
  {
    name: 'one value as several results',
    text: `func.func @NAME(%x: ${T}) -> (${types(4)}) {\n  %0 = array.neg %x : ${T}\n  return %0, %0, %x, %0 : ${types(4)}\n}`,
    calls: [[x]],
  },
  {
    name: 'arguments as results, through a function',
    text: `func.func private @NAME_inner(%x: ${T}) -> (${types(2)}) {\n  return %x, %x : ${types(2)}\n}
func.func @NAME(%x: ${T}, %y: tensor<?xf32>) -> (tensor<?xf32>, ${types(3)}) {
  %0:2 = call @NAME_inner(%x) : (${T}) -> (${types(2)})
  %1 = array.neg %0#0 : ${T}
  return %y, %x, %1, %0#1 : tensor<?xf32>, ${types(3)}
}`,
    calls: [[x, y]],
  },
  {
    name: 'the same array given twice',
    text: `func.func @NAME(%x: ${T}, %y: ${T}) -> (${types(2)}) {\n  %0 = array.sub %x, %y : ${T}\n  %1 = array.add %0, %x : ${T}\n  return %0, %1 : ${types(2)}\n}`,
    calls: [[x, x]],
  },
  {
    name: 'arrays that a loop only swaps',
    text: `func.func @NAME(%x: ${T}, %y: ${T}, %n: index) -> (${types(2)}) {
  %r:2 = loop.for %i = 0 to %n iter_args(%a = %x, %b = %y) -> (${types(2)}) {
    loop.yield %b, %a : ${types(2)}
  }
  return %r#0, %r#1 : ${types(2)}
}`,
    calls: [0, 1, 2].map((n) => [x, y, n]),
  },
  {
    name: 'eight dimensions turned over',
    text: `func.func @NAME(%x: tensor<?x2x?x1x2x?x2x3xf32>) -> tensor<3x2x?x2x1x?x2x?xf32> {
  %0 = array.transpose %x perm = [7, 6, 5, 4, 3, 2, 1, 0] : tensor<?x2x?x1x2x?x2x3xf32> to tensor<3x2x?x2x1x?x2x?xf32>
  %1 = array.neg %0 : tensor<3x2x?x2x1x?x2x?xf32>
  return %1 : tensor<3x2x?x2x1x?x2x?xf32>
}`,
    calls: [[tensor('f32', [3, 2, 1, 1, 2, 2, 2, 3])], [tensor('f32', [1, 2, 0, 1, 2, 4, 2, 3])]],
  },
  {
    name: 'nothing along dimensions that no memory holds',
    text: `func.func @NAME(%x: tensor<0x4294967296x4294967296xf32>) -> tensor<4294967296x0x4294967296xf32> {
  %0 = array.transpose %x perm = [1, 0, 2] : tensor<0x4294967296x4294967296xf32> to tensor<4294967296x0x4294967296xf32>
  return %0 : tensor<4294967296x0x4294967296xf32>
}`,
    calls: [[{ shape: [0, 2 ** 32, 2 ** 32], data: new Float32Array(0) }]],
  },
  {
    name: 'a constant of 300,000 bytes',
    text: `func.func @NAME(%x: tensor<75000xf32>) -> tensor<75000xf32> {
  %c = array.constant dense<"0x${'0000803F0000C03F'.repeat(37500)}"> : tensor<75000xf32>
  %0 = array.add %x, %c : tensor<75000xf32>
  return %0 : tensor<75000xf32>
}`,
    calls: [[tensor('f32', [75000])]],
  },
  {
    name: 'numbers of a function that calls itself',
    text: `func.func @NAME(%n: index) -> index {
  %c2 = arith.constant 2 : index
  %c1 = arith.constant 1 : index
  %p = arith.cmpi slt, %n, %c2 : index
  %r = loop.if %p -> (index) {
    loop.yield %n : index
  } else {
    %a = arith.subi %n, %c1 : index
    %b = arith.subi %n, %c2 : index
    %x = func.call @NAME(%a) : (index) -> index
    %y = func.call @NAME(%b) : (index) -> index
    %z = arith.addi %x, %y : index
    loop.yield %z : index
  }
  return %r : index
}`,
    calls: [[12]],
  },
];

const TEXT = ROWS.map(({ text }, i) => text.replaceAll('@NAME', `@f${i}`)).join('\n');
const STRICT = { numerics: 'strict', target: PLAIN } as const;
const oracle = oracleModule(TEXT, { ...STRICT, level: 3 });

describe.each([0, 3] as const)('-O%i', (level) => {
  let compiled: CompiledModule | undefined;
  const module = () => (compiled ??= compile(TEXT, { ...STRICT, level }));
  afterAll(() => compiled?.dispose());

  test.each(ROWS.map(({ name, calls }, i) => [name, calls, `f${i}`] as const))('%s', (_, calls, entry) => {
    for (const args of calls) {
      const expected = callInterpreter(oracle, args, entry);
      const actual = callCompiled(module(), args, entry).map((r) => ({
        ...r,
        data: r.data instanceof BigInt64Array ? Float64Array.from(r.data, Number) : r.data,
      }));
      expect(difference(expected, actual)).toBeUndefined();
    }
  });
});

test('arrays of functions that call each other are refused with the cycle', () => {
  const text = `func.func private @f(%x: ${T}) -> ${T} {
  %0 = call @g(%x) : (${T}) -> ${T}
  return %0 : ${T}
}
func.func private @g(%x: ${T}) -> ${T} {
  %0 = call @f(%x) : (${T}) -> ${T}
  return %0 : ${T}
}
func.func @main(%x: ${T}) -> ${T} {
  %0 = call @f(%x) : (${T}) -> ${T}
  return %0 : ${T}
}`;
  expect(() => compile(text, { file: 'p.mlir' })).toThrow(
    /p\.mlir:\d:8: error: .*@. -> @. -> @.: .*use loop\.for or loop\.while/,
  );
});

test('a donated array that is given twice keeps its values for the other argument', () => {
  const text = `func.func @main(%x: ${T} {budflow.donated}, %y: ${T}) -> (${types(2)}) {
  %0 = array.add %x, %y : ${T}
  %1 = array.mul %0, %y : ${T}
  return %0, %1 : ${types(2)}
}`;
  for (const level of [0, 3] as const) {
    const module = compile(text, { level });
    const resident = module.array(Float32Array.of(1, 2, 3, 4), [4]);
    const [sum, product] = module.call('main', [resident, resident]);
    expect([...sum!.data]).toEqual([2, 4, 6, 8]);
    expect([...product!.data]).toEqual([2, 8, 18, 32]);
    module.dispose();
  }
});
