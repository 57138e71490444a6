import { PassManager, passItem, pipeline } from '@budflow/pass';
import { describe, expect, test } from 'vitest';
import { parse, runFunction } from '../testing/kernels.js';
import { runPasses } from '../testing/programs.js';
import { scalarReplacement } from './scalar-replacement.js';

/** The function after the pass, checked to compute the same, and what the pass counted. */
function replaced(text: string) {
  const before = runFunction(parse(text), 'k');
  const module = parse(text);
  const { statistics } = runPasses(module, 'builtin.module(scalar-replacement)', [scalarReplacement]);
  expect(runFunction(module, 'k')).toEqual(before);
  const { hoisted = 0, carried = 0, forwarded = 0, buffers = 0 } = statistics;
  return { text: module.toString(), hoisted, carried, forwarded, buffers };
}

/** A function of %a (8 elements) and %o (8 elements) with a few constants. */
const kernel = (body: string) => `func.func @k(%a: memref<8xf32>, %o: memref<8xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0.0 : f32
  %x0 = memory.load %a[%c0] : memref<8xf32>
  %v0 = simd.load %a[%c0] : memref<8xf32>, vector<4xf32>
${body}
  return
}`;

const SUM = kernel(`  %acc = memory.alloca() : memref<f32>
  memory.store %zero, %acc[] : memref<f32>
  loop.for %i = 0 to 8 name "sum.r0" {
    %x = memory.load %a[%i] : memref<8xf32>
    %s = memory.load %acc[] : memref<f32>
    %n = arith.addf %s, %x : f32
    memory.store %n, %acc[] : memref<f32>
  }
  %t = memory.load %acc[] : memref<f32>
  memory.store %t, %o[%c0] : memref<8xf32>`);

describe('cells that loops carry', () => {
  test('an accumulator becomes a carried value, and its buffer goes', () => {
    const { text, carried, buffers } = replaced(SUM);
    expect(text).toMatch(/loop\.for %i = 0 to 8 iter_args\(%arg2 = %cst\) -> \(f32\) name "sum\.r0"/);
    expect(text).not.toContain('alloca');
    expect({ carried, buffers }).toEqual({ carried: 1, buffers: 1 });
  });

  test('through nested loops, inner ones first', () => {
    const { text, carried } = replaced(
      kernel(`  %acc = memory.alloca() : memref<2xf32>
  memory.store %x0, %acc[%c1] : memref<2xf32>
  loop.for %i = 0 to 3 {
    loop.for %j = 0 to 8 {
      %x = memory.load %a[%j] : memref<8xf32>
      %s = memory.load %acc[%c1] : memref<2xf32>
      %n = arith.mulf %s, %x : f32
      memory.store %n, %acc[%c1] : memref<2xf32>
    }
  }
  %t = memory.load %acc[%c1] : memref<2xf32>
  memory.store %t, %o[%c0] : memref<8xf32>`),
    );
    expect(carried).toBe(2);
    expect(text).not.toContain('alloca');
    expect(text.match(/iter_args/g)).toHaveLength(2);
  });

  test('vectors, several at a time, and values the loop carries already', () => {
    const { text, carried } = replaced(
      kernel(`  %p = memory.alloca() : memref<4xf32>
  %q = memory.alloca() : memref<f32>
  simd.store %v0, %p[%c0] : memref<4xf32>, vector<4xf32>
  memory.store %x0, %q[] : memref<f32>
  %r = loop.for %i = 0 to 5 iter_args(%y = %x0) -> (f32) {
    %u = simd.load %p[%c0] : memref<4xf32>, vector<4xf32>
    %w = arith.addf %u, %v0 : vector<4xf32>
    simd.store %w, %p[%c0] : memref<4xf32>, vector<4xf32>
    %s = memory.load %q[] : memref<f32>
    %n = arith.subf %s, %y : f32
    memory.store %n, %q[] : memref<f32>
    loop.yield %s : f32
  }
  %u = simd.load %p[%c0] : memref<4xf32>, vector<4xf32>
  simd.store %u, %o[%c4] : memref<8xf32>, vector<4xf32>
  %s = memory.load %q[] : memref<f32>
  memory.store %s, %o[%c0] : memref<8xf32>
  memory.store %r, %o[%c1] : memref<8xf32>`),
    );
    expect(carried).toBe(2);
    expect(text).toContain('-> (f32, vector<4xf32>, f32)');
    expect(text).not.toContain('alloca');
  });

  /** A sum of what an index in memory points at, until it is 6: `attributes` are those of the function. */
  const WALK = (
    attributes: string,
  ) => `func.func @k(%a: memref<8xf32>, %at: memref<index>, %s: memref<f32>) ${attributes}{
  %c1 = arith.constant 1 : index
  %c6 = arith.constant 6 : index
  %zero = arith.constant 0 : index
  memory.store %zero, %at[] : memref<index>
  loop.while : () -> () {
    %i = memory.load %at[] : memref<index>
    %more = arith.cmpi slt, %i, %c6 : index
    loop.condition(%more)
  } do {
    %i = memory.load %at[] : memref<index>
    %x = memory.load %a[%i] : memref<8xf32>
    %old = memory.load %s[] : memref<f32>
    %new = arith.addf %old, %x : f32
    memory.store %new, %s[] : memref<f32>
    %j = arith.addi %i, %c1 : index
    memory.store %j, %at[] : memref<index>
    loop.yield
  }
  return
}`;

  test('cells that a kernel is given, through a while loop', () => {
    const { text, carried } = replaced(WALK('attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 2>} '));
    expect(carried).toBe(2);
    const body = text.slice(text.indexOf('} do {'), text.indexOf('loop.yield'));
    expect(body.match(/memory\.(load|store)/g)).toEqual(['memory.load']);
    expect(text).toMatch(/memory\.store %\d+#0, %arg1\[\][^\n]*\n\s*memory\.store %\d+#1, %arg2\[\]/);
  });

  test('not of other functions, whose arguments may share memory, nor of kernels that say so', () => {
    const sharing = WALK('attributes {rt.kernel = #rt.kernel<inputs = 1, outputs = 2>} ')
      .replaceAll('memref<index>', 'memref<f32>')
      .replace(/%zero = .*/, '%zero = arith.constant 0.0 : f32')
      .replace(
        /%i = memory.load %at.*\n.*cmpi.*/,
        '%i = memory.load %at[] : memref<f32>\n%six = arith.constant 6.0 : f32\n%more = arith.cmpf olt, %i, %six : f32',
      )
      .replace(/%x = memory.load %a.*/, '%one = arith.constant 1.0 : f32')
      .replace('%old, %x', '%old, %one')
      .replace('arith.addi %i, %c1 : index', 'arith.addf %i, %one : f32');
    expect(replaced(sharing).carried).toBe(2);
    expect(replaced(sharing.replace('%s: memref<f32>', '%s: memref<f32> {rt.in_place = 1 : i64}')).carried).toBe(0);
    expect(replaced(WALK('')).carried).toBe(0);
  });

  test('a loop that does not run leaves the cell as it was', () => {
    const { text, carried } = replaced(SUM.replace('0 to 8', '8 to 8'));
    expect(carried).toBe(1);
    expect(text).not.toContain('alloca');
  });

  test('what a loop only reads is read in front of it', () => {
    const { text, hoisted, forwarded } = replaced(
      kernel(`  %m = memory.alloca() : memref<f32>
  memory.store %x0, %m[] : memref<f32>
  loop.for %i = 0 to 8 {
    %x = memory.load %a[%i] : memref<8xf32>
    %s = memory.load %m[] : memref<f32>
    %n = arith.subf %x, %s : f32
    memory.store %n, %o[%i] : memref<8xf32>
  }`),
    );
    expect({ hoisted, forwarded }).toEqual({ hoisted: 1, forwarded: 1 });
    expect(text).not.toContain('alloca');
  });
});

describe('forwarding in a block', () => {
  test('loads become what was stored, also in parts of a vector', () => {
    const { text, forwarded, buffers } = replaced(
      kernel(`  %t = memory.alloca() : memref<4xf32>
  simd.store %v0, %t[%c0] : memref<4xf32>, vector<4xf32>
  %whole = simd.load %t[%c0] : memref<4xf32>, vector<4xf32>
  %half = simd.load %t[%c2] : memref<4xf32>, vector<2xf32>
  %one = memory.load %t[%c1] : memref<4xf32>
  simd.store %whole, %o[%c0] : memref<8xf32>, vector<4xf32>
  simd.store %half, %o[%c4] : memref<8xf32>, vector<2xf32>
  memory.store %one, %o[%c2] : memref<8xf32>`),
    );
    expect(text).toMatch(/simd\.slice .* offset 2 size 2/);
    expect(text).toContain('simd.extract');
    expect({ forwarded, buffers }).toEqual({ forwarded: 3, buffers: 1 });
  });

  test('a load repeats what an earlier load gave', () => {
    const { forwarded } = replaced(
      kernel(`  %t = memory.alloca() : memref<8xf32>
  loop.for %i = 0 to 8 {
    memory.store %x0, %t[%i] : memref<8xf32>
  }
  loop.for %i = 0 to 8 {
    %x = memory.load %t[%i] : memref<8xf32>
    %y = memory.load %t[%i] : memref<8xf32>
    %s = arith.addf %x, %y : f32
    memory.store %s, %o[%i] : memref<8xf32>
  }`),
    );
    expect(forwarded).toBe(1);
  });

  test('a store elsewhere in the buffer is no obstacle, one that may be there is', () => {
    const between = (store: string) =>
      kernel(`  %t = memory.alloca() : memref<8xf32>
  loop.for %i = 0 to 8 {
    memory.store %zero, %t[%c1] : memref<8xf32>
    ${store}
    %x = memory.load %t[%c1] : memref<8xf32>
    memory.store %x, %o[%i] : memref<8xf32>
  }`);
    expect(replaced(between('memory.store %x0, %t[%c2] : memref<8xf32>')).forwarded).toBe(1);
    expect(replaced(between('simd.store %v0, %t[%c2] : memref<8xf32>, vector<4xf32>')).forwarded).toBe(1);
    expect(replaced(between('memory.store %x0, %t[%i] : memref<8xf32>')).forwarded).toBe(0);
    expect(replaced(between('simd.store %v0, %t[%c0] : memref<8xf32>, vector<4xf32>')).text).toContain('simd.extract');
  });

  test('a store to a lane leaves the others of a vector known, not those it writes nor the whole', () => {
    const stored = (loads: string) =>
      kernel(`  %b = memory.alloca() : memref<8xf32>
  simd.store %v0, %b[%c0] : memref<8xf32>, vector<4xf32>
  memory.store %zero, %b[%c1] : memref<8xf32>
${loads}`);
    const lanes = replaced(
      stored(`  %x = memory.load %b[%c0] : memref<8xf32>
  %y = memory.load %b[%c1] : memref<8xf32>
  %z = memory.load %b[%c2] : memref<8xf32>
  memory.store %x, %o[%c0] : memref<8xf32>
  memory.store %y, %o[%c1] : memref<8xf32>
  memory.store %z, %o[%c2] : memref<8xf32>`),
    );
    expect(lanes).toMatchObject({ forwarded: 3, buffers: 1 });
    const whole = replaced(
      stored(`  %w = simd.load %b[%c0] : memref<8xf32>, vector<4xf32>
  simd.store %w, %o[%c4] : memref<8xf32>, vector<4xf32>`),
    );
    expect(whole).toMatchObject({ forwarded: 0, buffers: 0 });
  });

  test('a store in a nested region ends what is known of its buffer only', () => {
    const { forwarded } = replaced(
      kernel(`  %t = memory.alloca() : memref<8xf32>
  %u = memory.alloca() : memref<f32>
  memory.store %x0, %t[%c1] : memref<8xf32>
  memory.store %x0, %u[] : memref<f32>
  loop.for %i = 0 to 8 {
    memory.store %zero, %t[%i] : memref<8xf32>
  }
  %x = memory.load %t[%c1] : memref<8xf32>
  %y = memory.load %u[] : memref<f32>
  memory.store %x, %o[%c0] : memref<8xf32>
  memory.store %y, %o[%c1] : memref<8xf32>`),
    );
    expect(forwarded).toBe(1);
  });
});

describe('dead buffers', () => {
  test('go with their stores when nothing reads them', () => {
    const { text, buffers } = replaced(
      kernel(`  %t = memory.alloca() : memref<8xf32>
  loop.for %i = 0 to 8 {
    memory.store %x0, %t[%i] : memref<8xf32>
    memory.store %x0, %o[%i] : memref<8xf32>
  }`),
    );
    expect(buffers).toBe(1);
    expect(text.match(/memory\.store/g)).toHaveLength(1);
  });
});

describe('what stays in memory', () => {
  const stays = (body: string) => {
    const text = kernel(body);
    // Beside it, a buffer that does go.
    expect(replaced(kernel(`  %gone = memory.alloca() : memref<f32>\n${body}`)).buffers).toBe(1);
    const result = replaced(text);
    expect(result).toMatchObject({ hoisted: 0, carried: 0, forwarded: 0, buffers: 0 });
    expect(result.text).toBe(parse(text).toString());
  };

  test('buffers with views, copies or fills', () => {
    for (const use of [
      '%w = memory.cast %t : memref<1xf32> to memref<?xf32>\n  memory.store %x0, %w[%c0] : memref<?xf32>',
      'memory.fill %t, %zero : memref<1xf32>',
    ]) {
      stays(`  %t = memory.alloca() : memref<1xf32>
  memory.store %zero, %t[%c0] : memref<1xf32>
  ${use}
  loop.for %i = 0 to 8 {
    %s = memory.load %t[%c0] : memref<1xf32>
    memory.store %s, %t[%c0] : memref<1xf32>
  }
  %x = memory.load %t[%c0] : memref<1xf32>
  memory.store %x, %o[%c0] : memref<8xf32>`);
    }
  });

  test('arguments of the kernel, which others may see', () => {
    stays(`  loop.for %i = 0 to 8 {
    %s = memory.load %o[%c0] : memref<8xf32>
    %n = arith.addf %s, %x0 : f32
    memory.store %n, %o[%c0] : memref<8xf32>
  }`);
  });

  test('cells at an address that the loop changes', () => {
    stays(`  %t = memory.alloca() : memref<8xf32>
  loop.for %i = 0 to 8 {
    memory.store %x0, %t[%i] : memref<8xf32>
  }
  loop.for %i = 0 to 8 {
    %x = memory.load %t[%i] : memref<8xf32>
    memory.store %x, %o[%i] : memref<8xf32>
  }`);
  });

  test('cells accessed as scalars and as vectors in one loop', () => {
    stays(`  %t = memory.alloca() : memref<4xf32>
  simd.store %v0, %t[%c0] : memref<4xf32>, vector<4xf32>
  loop.for %i = 0 to 8 {
    %v = simd.load %t[%c0] : memref<4xf32>, vector<4xf32>
    simd.store %v, %o[%c0] : memref<8xf32>, vector<4xf32>
    memory.store %x0, %t[%c0] : memref<4xf32>
  }`);
  });

  test('cells that a nested loop or branch touches at its own addresses', () => {
    stays(`  %t = memory.alloca() : memref<8xf32>
  loop.for %i = 0 to 8 {
    loop.for %j = 0 to 8 {
      memory.store %x0, %t[%j] : memref<8xf32>
    }
    %x = memory.load %t[%c1] : memref<8xf32>
    memory.store %x, %o[%i] : memref<8xf32>
  }`);
  });
});

test('remarks name the buffers that stay in memory', () => {
  const remarks = (text: string) => {
    const result = new PassManager(pipeline('builtin.module', passItem(scalarReplacement))).run(parse(text));
    return result.remarks.map(({ kind, name }) => `${kind} ${name}`);
  };
  expect(remarks(SUM)).toEqual([]);
  const buffer = '  %b = memory.alloca() : memref<8xf32>\n';
  expect(remarks(kernel(`${buffer}  memory.copy %a, %b : memref<8xf32> to memref<8xf32>`))).toEqual([
    'missed not-plain',
  ]);
  const loop = `${buffer}  loop.for %i = 0 to 8 {
    memory.store %zero, %b[%i] : memref<8xf32>
  }
  %t = memory.load %b[%c1] : memref<8xf32>
  memory.store %t, %o[%c0] : memref<8xf32>`;
  expect(remarks(kernel(loop))).toEqual(['missed several-addresses']);
});
