import { chunkCount, dynamicSizesOf, KernelAttrs, kernelArgumentTypes, verifyKernel } from '@budflow/dialect-rt';
import { elementsOf, Interpreter, type MemRefValue, makeMemRef } from '@budflow/interpreter';
import { DYNAMIC, type MemRefType, type Operation } from '@budflow/ir';
import { Random } from '@budflow/numerics';
import { describe, expect, test } from 'vitest';
import { kernelsOf } from '../support/kernel-function.js';
import { functionNamed, parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { chunkKernel } from './chunk-kernel.js';

/** `main` calls the kernel once with its own arguments: inputs, then outputs. */
function program(inputs: string[], outputs: string[], body: string, calls = 1, attributes = ''): string {
  const types = [...inputs, ...outputs].map((t) => `memref<${t}>`);
  const names = types.map((_, i) => `%${'abcdefgh'[i]}`);
  const args = types.map((t, i) => `${names[i]}: ${t}`).join(', ');
  const list = (from: number, to: number) =>
    `${names.slice(from, to).join(', ')} : ${types.slice(from, to).join(', ')}`;
  const n = inputs.length;
  const ins = n ? ` ins(${list(0, n)})` : '';
  return `func.func private @k(${args}) attributes {rt.kernel = #rt.kernel<inputs = ${n}, outputs = ${outputs.length}>${attributes}} {
${body}
  return
}
func.func @main(${args}) {
${`  rt.call_kernel @k${ins} outs(${list(n, types.length)})\n`.repeat(calls)}  return
}`;
}

function chunked(text: string, sizes: readonly number[] = []) {
  const before = runFunction(parse(text), 'main', { sizes });
  const module = parse(text);
  const { statistics } = runPasses(module, 'builtin.module(chunk-kernel)', [chunkKernel]);
  expect(runFunction(module, 'main', { sizes })).toEqual(before);
  const phases = kernelsOf(module);
  for (const phase of phases) {
    expect(verifyKernel(phase)).toBe(true);
    expect(phase.attr(KernelAttrs.chunks)).toBeDefined();
  }
  return { module, phases, statistics, main: functionNamed(module, 'main').toString() };
}

/** A parallel loop `to[i] = from[i] op from[i]`. */
const loop = (name: string, from: string, to: string, op = 'addf', size = 8, type = `memref<${size}xf32>`) =>
  `  loop.for %i = 0 to ${size} name "${name}" {
    %x = memory.load ${from}[%i] : ${type}
    %y = arith.${op} %x, %x : f32
    memory.store %y, ${to}[%i] : ${type}
  }`;

const alloca = '  %t = memory.alloca() : memref<8xf32>\n';
const attribute = (phase: Operation, name: string) => String(phase.attr(name));
const head = (phase: Operation) => phase.toString().split('\n')[0]!;

describe('chunk-kernel', () => {
  test('a parallel loop takes its range from the caller, who passes all of it', () => {
    const { phases, main, statistics } = chunked(program(['8xf32'], ['8xf32'], loop('add.d0', '%a', '%b')));
    expect(phases).toHaveLength(1);
    expect(phases[0]!.toString()).toContain('loop.for %i = %arg2 to %arg3 name "add.d0"');
    expect(phases[0]!.toString()).toContain('return %arg3 : index');
    expect(attribute(phases[0]!, KernelAttrs.chunks)).toContain('() -> (8)');
    expect(main).toContain('rt.call_kernel @k ins(%arg0 : memref<8xf32>) outs(%arg1 : memref<8xf32>)');
    expect(statistics).toEqual({ phases: 1, parallel: 1 });
  });

  test('a long computation before the loop, each value used twice, takes no longer than it is', () => {
    const doubled = Array.from({ length: 60 }, (_, i) => `  %s${i + 1} = arith.addf %s${i}, %s${i} : f32\n`).join('');
    const body = `  %s0 = arith.constant 1.0 : f32\n${doubled}  loop.for %i = 0 to 8 name "fill.d0" {
    memory.store %s60, %a[%i] : memref<8xf32>
  }`;
    const { phases } = chunked(program([], ['8xf32'], body));
    expect(phases).toHaveLength(1);
    expect(phases[0]!.toString().split('arith.addf')).toHaveLength(61);
  });

  test('every parallel root loop is a phase; the buffer between them becomes an argument that the host allocates', () => {
    const body = `${alloca}${loop('exp.d0', '%a', '%t')}\n${loop('div.d0.o', '%t', '%b', 'mulf')}`;
    const { phases, main } = chunked(program(['8xf32'], ['8xf32'], body));
    expect(phases.map((p) => attribute(p, 'sym_name'))).toEqual(['"k"', '"k_p1"']);
    expect(phases.map((p) => [attribute(p, KernelAttrs.phaseOf), attribute(p, KernelAttrs.phase)])).toEqual([
      ['@k', '0 : i64'],
      ['@k', '1 : i64'],
    ]);
    expect(
      main
        .split('\n')
        .slice(1, -2)
        .map((l) => l.trim()),
    ).toEqual([
      '%alloc = memory.alloc() : memref<8xf32>',
      'rt.call_kernel @k ins(%arg0 : memref<8xf32>) outs(%alloc : memref<8xf32>)',
      'rt.call_kernel @k_p1 ins(%alloc : memref<8xf32>) outs(%arg1 : memref<8xf32>)',
      'memory.dealloc %alloc : memref<8xf32>',
    ]);
    expect(head(phases[0]!)).toContain('%arg1: memref<8xf32> {rt.temporary}');
    expect(head(phases[1]!)).toContain('%arg0: memref<8xf32> {rt.temporary}');
    expect(phases.map(String).join('')).not.toContain('alloca');
  });

  test('what lies between parallel loops is a phase of one chunk', () => {
    const body = `${alloca}  %c0 = arith.constant 0 : index
  %v = memory.load %a[%c0] : memref<8xf32>
  memory.fill %t, %v : memref<8xf32>
${loop('sum.r0', '%a', '%t')}
${loop('add.d0', '%t', '%b')}`;
    const { phases, statistics } = chunked(program(['8xf32'], ['8xf32'], body));
    expect(statistics).toEqual({ phases: 2, parallel: 1 });
    const [serial] = phases;
    expect(attribute(serial!, KernelAttrs.chunks)).toContain('() -> (1)');
    expect(serial!.toString()).toMatch(/arith\.cmpi eq, %arg2, %c0.* : index/);
    expect(serial!.toString()).toContain('memory.fill');
    expect(serial!.toString()).toContain('name "sum.r0"');
  });

  test('loops that start elsewhere, step or carry values are not cut', () => {
    for (const header of ['%i = 2 to 8', '%i = 0 to 8 step 2']) {
      const text = program(['8xf32'], ['8xf32'], loop('add.d0', '%a', '%b').replace('%i = 0 to 8', header));
      expect(chunked(text).statistics).toEqual({ phases: 1, parallel: 0 });
    }
    const carried = `  %z = arith.constant 0.0 : f32
  %r = loop.for %i = 0 to 8 iter_args(%s = %z) -> (f32) name "sum.d0" {
    %x = memory.load %a[%i] : memref<8xf32>
    %n = arith.addf %s, %x : f32
    loop.yield %n : f32
  }
  memory.store %r, %b[] : memref<f32>`;
    const { phases, statistics } = chunked(program(['8xf32'], ['f32'], carried));
    expect(statistics).toEqual({ phases: 1, parallel: 0 });
    expect(phases[0]!.toString()).toContain('iter_args');
  });

  test('the number of chunks is a map over the dynamic sizes of the phase, in the order of its own arguments', () => {
    const body = `${loop('copy.d0', '%b', '%d')}
  %n = memory.dim %a, 1 : memref<?x?xf32>
  %c0 = arith.constant 0 : index
  loop.for %o = 0 to affine_map<()[s0] -> (s0 ceildiv 4)>()[%n] name "add.d0.o" {
    loop.for %i = 0 to min affine_map<(d0)[s0] -> (4, s0 - d0 * 4)>(%o)[%n] name "add.d0.i" {
      %p = loop.apply affine_map<(d0, d1) -> (d0 * 4 + d1)>(%o, %i)
      %x = memory.load %a[%c0, %p] : memref<?x?xf32>
      memory.store %x, %c[%p] : memref<?xf32>
    }
  }`;
    const text = program(['?x?xf32', '8xf32'], ['?xf32', '8xf32'], body);
    for (const n of [0, 1, 4, 9]) chunked(text, [2, n, n]);
    const { phases } = chunked(text, [2, 9, 9]);
    expect(attribute(phases[1]!, KernelAttrs.chunks)).toContain('()[s0, s1, s2] -> (s1 ceildiv 4)');
    expect(chunkCount(phases[1]!, [2, 9, 9])).toBe(3);
    expect(head(phases[1]!)).not.toContain('memref<8xf32>');
  });

  test('a bound that is no size makes one chunk', () => {
    const body = `  %c0 = arith.constant 0 : index
  %n = memory.load %a[%c0] : memref<1xindex>
  loop.for %i = 0 to %n name "fill.d0" {
    %x = arith.constant 1.0 : f32
    memory.store %x, %b[%i] : memref<200xf32>
  }`;
    expect(chunked(program(['1xindex'], ['200xf32'], body)).statistics).toEqual({ phases: 1, parallel: 0 });
  });

  test('a value computed in one phase and used in a later one merges them, and what is between', () => {
    const body = `${alloca}  %c0 = arith.constant 0 : index
${loop('first.d0', '%a', '%t')}
  %v = memory.load %t[%c0] : memref<8xf32>
${loop('second.d0', '%t', '%b')}
  memory.store %v, %c[] : memref<f32>
${loop('third.d0', '%b', '%d')}`;
    const { phases } = chunked(program(['8xf32'], ['8xf32', 'f32', '8xf32'], body));
    expect(phases.map((p) => [...p.toString().matchAll(/name "(\w+)\./g)].map((m) => m[1]))).toEqual([
      ['first'],
      ['second'],
      ['third'],
    ]);
    expect(phases[1]!.toString()).toMatch(
      /loop\.if[\s\S]*memory\.load[\s\S]*second[\s\S]*memory\.store %\w+, %arg\d\[\] : memref<f32>/,
    );
  });

  test('index arithmetic and private buffers are repeated in each phase that needs them', () => {
    const use = (name: string, to: string) => `  loop.for %i = 0 to 8 name "${name}" {
    %x = memory.load %a[%p] : memref<8xf32>
    memory.store %x, ${to}[%i] : memref<8xf32>
  }`;
    const body = `  %q = arith.constant 3 : index
  %p = loop.apply affine_map<(d0) -> (d0 * 2)>(%q)
${use('x.d0', '%b')}
${use('y.d0', '%c')}`;
    const { phases } = chunked(program(['8xf32'], ['8xf32', '8xf32'], body));
    for (const phase of phases) expect(phase.toString()).toContain('loop.apply');
  });

  test('a buffer of dynamic size is a temporary of the program even in one phase', () => {
    const body = `  %n = memory.dim %a, 0 : memref<?xf32>
  %t = memory.alloca(%n) : memref<?xf32>
  loop.for %i = 0 to %n name "add.d0" {
    %x = memory.load %a[%i] : memref<?xf32>
    memory.store %x, %t[%i] : memref<?xf32>
    %y = memory.load %t[%i] : memref<?xf32>
    memory.store %y, %b[%i] : memref<?xf32>
  }`;
    for (const n of [0, 1, 5]) {
      const { main, module } = chunked(program(['?xf32'], ['?xf32'], body), [n, n]);
      expect(main).toMatch(/%dim = memory\.dim %arg0, 0.*\n\s*%alloc = memory\.alloc\(%dim\)/);
      expect(module.toString()).not.toContain('alloca');
    }
  });

  test('chunks that use one temporary over again run in order; those that have elements of their own need not', () => {
    const body = (at: string) => `  %n = memory.dim %a, 0 : memref<?xf32>
  %t = memory.alloca(%n) : memref<?xf32>
  loop.for %i = 0 to %n name "add.d0" {
    loop.for %j = 0 to %n name "add.h0" {
      %x = memory.load %a[%j] : memref<?xf32>
      memory.store %x, %t[${at}] : memref<?xf32>
    }
    %y = memory.load %t[%i] : memref<?xf32>
    memory.store %y, %b[%i] : memref<?xf32>
  }`;
    const shared = chunked(program(['?xf32'], ['?xf32'], body('%j')), [5, 5]);
    expect(shared.phases[0]!.attr(KernelAttrs.serial)).toBeDefined();
    expect(shared.statistics).toEqual({ phases: 1, parallel: 1, serial: 1 });
    const own = chunked(program(['?xf32'], ['?xf32'], body('%i')), [5, 5]);
    expect(own.phases[0]!.attr(KernelAttrs.serial)).toBeUndefined();
  });

  test('each call of a kernel has temporaries of its own', () => {
    const body = `${alloca}${loop('exp.d0', '%a', '%t')}\n${loop('div.d0', '%t', '%b')}`;
    const { main } = chunked(program(['8xf32'], ['8xf32'], body, 2));
    expect(main.match(/memory\.alloc\(/g)).toHaveLength(2);
    expect(main.match(/memory\.dealloc/g)).toHaveLength(2);
    expect(main.match(/call_kernel @k_p1 /g)).toHaveLength(2);
  });

  test('writing through a view makes the buffer an output', () => {
    const body = `  %v = memory.reshape %b : memref<8xf32> to memref<8x1xf32>
  %c0 = arith.constant 0 : index
  loop.for %i = 0 to 8 name "copy.d0" {
    %x = memory.load %a[%i] : memref<8xf32>
    memory.store %x, %v[%i, %c0] : memref<8x1xf32>
  }`;
    const { main } = chunked(program(['8xf32'], ['8xf32'], body));
    expect(main).toContain('ins(%arg0 : memref<8xf32>) outs(%arg1 : memref<8xf32>)');
  });

  test('arguments that share memory stay marked, by their new positions', () => {
    const text = program(['8xf32', '8xf32'], ['8xf32'], loop('add.d0', '%b', '%c')).replace(
      '%c: memref<8xf32>)',
      '%c: memref<8xf32> {rt.in_place = 1 : i64})',
    );
    expect(head(chunked(text).phases[0]!)).toContain('%arg1: memref<8xf32> {rt.in_place = 0 : i64}');
  });

  test('what is known of the kernel stays with its first phase', () => {
    const body = `${alloca}${loop('exp.d0', '%a', '%t')}\n${loop('div.d0', '%t', '%b')}`;
    const { phases } = chunked(program(['8xf32'], ['8xf32'], body, 1, ', loop.schedule_applied = "[]"'));
    expect(phases.map((p) => p.attr('loop.schedule_applied') !== undefined)).toEqual([true, false]);
  });

  test('names of phases that are taken get another one; kernels with nothing to do go', () => {
    const body = `${alloca}${loop('exp.d0', '%a', '%t')}\n${loop('div.d0', '%t', '%b')}`;
    const { module } = chunked(`${program(['8xf32'], ['8xf32'], body)}\nfunc.func private @k_p1() {\n  return\n}`);
    expect(kernelsOf(module).map((k) => attribute(k, 'sym_name'))).toEqual(['"k"', '"k_p1_0"']);
    expect(chunked(program(['8xf32'], ['8xf32'], '')).module.toString()).not.toContain('call_kernel');
  });

  test('kernels that are cut already are left alone', () => {
    const module = parse(program(['8xf32'], ['8xf32'], loop('add.d0', '%a', '%b')));
    runPasses(module, 'builtin.module(chunk-kernel)', [chunkKernel]);
    const once = module.toString();
    expect(once).toContain('rt.chunks');
    runPasses(module, 'builtin.module(chunk-kernel)', [chunkKernel]);
    expect(module.toString()).toBe(once);
  });
});

describe('chunks', () => {
  /** Calls the phases on the same random data, each chunk range as `order` says. */
  function runChunks(
    module: Operation,
    sizes: readonly number[],
    order: (chunks: number) => [number, number][],
  ): string[] {
    const random = new Random(7);
    const buffers = new Map<string, MemRefValue>();
    const interpreter = new Interpreter(module);
    const call = functionNamed(module, 'main')
      .region(0)
      .entry.ops.filter((op) => op.name === 'rt.call_kernel');
    for (const op of call) {
      const name = String(op.attr('callee')).slice(1);
      const func = functionNamed(module, name);
      const args = op.operands.map((value) => {
        const key = value.definingOp ? 'temporary' : `${value.index}`;
        const type = value.type as MemRefType;
        let buffer = buffers.get(key);
        if (!buffer) {
          buffer = makeMemRef(
            type,
            type.shape.map((d, i) => (d === DYNAMIC ? sizes[i]! : d)),
          );
          for (let i = 0; i < buffer.storage.length; i++) buffer.storage[i] = Math.fround(random.uniform() * 8 - 4);
          buffers.set(key, buffer);
        }
        return buffer;
      });
      const dynamic = dynamicSizesOf(kernelArgumentTypes(func)).map(({ argument, dim }) => args[argument]!.sizes[dim]!);
      const chunks = chunkCount(func, dynamic)!;
      for (const [begin, end] of order(chunks)) {
        const [next] = interpreter.call(name, [...args, begin, end]);
        expect(next).toBe(end);
      }
    }
    return [...buffers]
      .filter(([key]) => key !== 'temporary')
      .map(([key, b]) => `${key}: ${elementsOf(b).map(String).join(' ')}`);
  }

  const text = program(
    ['?xf32'],
    ['?xf32'],
    `  %n = memory.dim %a, 0 : memref<?xf32>
  %t = memory.alloca(%n) : memref<?xf32>
  loop.for %o = 0 to affine_map<()[s0] -> (s0 ceildiv 4)>()[%n] name "x.d0.o" {
    loop.for %i = 0 to min affine_map<(d0)[s0] -> (4, s0 - d0 * 4)>(%o)[%n] name "x.d0.i" {
      %p = loop.apply affine_map<(d0, d1) -> (d0 * 4 + d1)>(%o, %i)
      %x = memory.load %a[%p] : memref<?xf32>
      %y = arith.mulf %x, %x : f32
      memory.store %y, %t[%p] : memref<?xf32>
    }
  }
  loop.for %i = 0 to %n name "y.d0" {
    %r = loop.apply affine_map<(d0)[s0] -> (s0 - d0 - 1)>(%i)[%n]
    %x = memory.load %t[%r] : memref<?xf32>
    memory.store %x, %b[%i] : memref<?xf32>
  }`,
  );

  test('give the same bits in any order and any split', () => {
    const module = parse(text);
    runPasses(module, 'builtin.module(chunk-kernel)', [chunkKernel]);
    for (const n of [1, 4, 11, 16]) {
      const whole = runChunks(module, [n], (chunks) => [[0, chunks]]);
      const random = new Random(n);
      const orders: ((chunks: number) => [number, number][])[] = [
        (c) => Array.from({ length: c }, (_, i): [number, number] => [i, i + 1]),
        (c) => Array.from({ length: c }, (_, i): [number, number] => [c - 1 - i, c - i]),
        (c) => [
          [Math.floor(c / 2), c],
          [0, Math.floor(c / 2)],
        ],
        (c) => {
          const cuts = [...new Set([0, c, ...Array.from({ length: 3 }, () => random.uint32() % c)])].sort(
            (a, b) => a - b,
          );
          return cuts
            .slice(1)
            .map((end, i): [number, number] => [cuts[i]!, end])
            .sort(() => (random.uint32() & 1 ? 1 : -1));
        },
      ];
      for (const order of orders) expect(runChunks(module, [n], order)).toEqual(whole);
    }
  });

  test('a phase of one chunk runs once, when its range begins with 0', () => {
    const serial = program(['4xf32'], ['4xf32'], loop('sum.r0', '%b', '%b', 'addf', 4));
    const module = parse(serial);
    runPasses(module, 'builtin.module(chunk-kernel)', [chunkKernel]);
    const once = runChunks(module, [], () => [[0, 1]]);
    expect(
      runChunks(module, [], () => [
        [0, 1],
        [1, 1],
      ]),
    ).toEqual(once);
    expect(runChunks(module, [], () => [[1, 1]])).not.toEqual(once);
  });
});
