import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { Block } from './block.js';
import { Operation, Region } from './operation.js';
import { printModule, printModuleBytes, printModuleTo, printWith } from './printer.js';
import { ConstantOp, emptyModule, FuncOp, testContext } from './testing/test-dialect.js';
import { find, parse } from './testing/text.js';
import { DYNAMIC } from './type.js';

/** Parses, and prints what the module holds without the module around it. */
function reprint(text: string, options: Parameters<typeof printModule>[1] = {}): string {
  const lines = printModule(parse(text), options).trimEnd().split('\n');
  return lines
    .slice(1, -1)
    .map((l) => l.slice(2))
    .join('\n');
}

/** The text prints as itself. */
function fixpoint(text: string, options: Parameters<typeof printModule>[1] = {}): void {
  expect(reprint(text, options)).toBe(text);
}

const mlirOpt = (() => {
  for (const command of ['mlir-opt-16', 'mlir-opt']) {
    try {
      execFileSync(command, ['--version']);
      return command;
    } catch {}
  }
  return undefined;
})();

describe('generic form', () => {
  it('prints operands, successors, regions, attributes and types in this order', () => {
    const context = testContext();
    const { module, builder } = emptyModule(context);
    const a = builder.insert(Operation.create(context.opInfo('d.a'), 0, [], [context.i32])).result(0);
    const region = new Region();
    region.append();
    const other = module.region(0).append();
    const attributes = context.dictionary([
      ['n', context.i64Attr(-3)],
      ['flag', context.unitAttr],
    ]);
    builder.insert(
      Operation.create(
        context.opInfo('d.b'),
        0,
        [a, a, a],
        [context.f32, context.f64],
        attributes,
        [region, new Region()],
        [other],
      ),
    );
    expect(printModule(module, { generic: true })).toContain(
      '%1:2 = "d.b"(%0, %0, %0)[^bb1] ({\n  ^bb0:\n  }, {\n  }) {flag, n = -3 : i64} : (i32, i32, i32) -> (f32, f64)',
    );
  });

  it('puts parentheses around no results, several results and a single function result', () => {
    fixpoint(
      '"d.a"() : () -> ()\n%0:2 = "d.a"() : () -> (i32, i32)\n%1 = "d.a"() : () -> (() -> i32)\n%2 = "d.a"() : () -> i32',
    );
  });

  it('refers to one of several results by number', () => {
    fixpoint('%0:3 = "d.a"() : () -> (i32, i32, i32)\n"d.b"(%0#0, %0#2) : (i32, i32) -> ()');
  });

  it('quotes attribute names that are not identifiers', () => {
    fixpoint('"d.a"() {"1", "a b" = 1 : i64, c.d = "x\\0Ay"} : () -> ()');
  });

  it('names blocks, their arguments and their predecessors', () => {
    fixpoint(
      [
        '"d.r"() ({',
        '^bb0(%arg0: i1):',
        '  "d.br"(%arg0)[^bb1, ^bb2] : (i1) -> ()',
        '^bb1:  // pred: ^bb0',
        '  "d.br"(%arg0)[^bb2] : (i1) -> ()',
        '^bb2(%0: i32, %1: f32):  // 2 preds: ^bb0, ^bb1',
        '  "d.end"(%0) : (i32) -> ()',
        '^bb3:  // no predecessors',
        '  "d.end"(%1) : (f32) -> ()',
        '}) : () -> ()',
      ].join('\n'),
    );
  });

  it('omits the label of an entry block without arguments, unless the block is empty', () => {
    fixpoint('"d.r"() ({\n  "d.a"() : () -> ()\n}, {\n^bb0:\n}, {\n}) : () -> ()');
  });

  it('numbers the values of a region before those of the regions in it, and lets siblings share numbers', () => {
    fixpoint(
      [
        '%0 = "d.r"() ({',
        '  %2 = "d.a"() : () -> i32',
        '}, {',
        '^bb0(%arg0: i32):',
        '  %2 = "d.a"() : () -> i32',
        '  "d.s"() ({',
        '  ^bb0(%arg1: i32):',
        '    %3 = "d.a"() : () -> i32',
        '  }) : () -> ()',
        '}) : () -> i32',
        '%1 = "d.a"() : () -> i32',
      ].join('\n'),
    );
  });

  it('omits attributes that equal their default', () => {
    const text = '%0 = "d.a"() : () -> i32\n%1 = "test.add"(%0, %0) {flags = "none"} : (i32, i32) -> i32';
    expect(reprint(text, { generic: true })).toContain('"test.add"(%0, %0) : (i32, i32) -> i32');
    const kept = text.replace('"none"', '"wrap"');
    expect(reprint(kept, { generic: true })).toBe(kept);
  });

  it('calls segment sizes as MLIR 16 does, and by their new name among properties', () => {
    const text =
      '%0 = "d.a"() : () -> i1\n"d.r"() ({\n  "test.cond_br"(%0)[^bb1, ^bb1] {operandSegmentSizes = array<i32: 1, 0, 0>} : (i1) -> ()\n^bb1:\n  "d.e"() : () -> ()\n}) : () -> ()';
    expect(reprint(text, { generic: true })).toContain('[^bb1, ^bb1] {operand_segment_sizes = array<i32: 1, 0, 0>}');
    expect(reprint(text, { generic: true, properties: true })).toContain(
      '[^bb1, ^bb1] <{operandSegmentSizes = array<i32: 1, 0, 0>}>',
    );
  });

  it('separates inherent from other attributes when properties are asked for', () => {
    const text = '"test.func"() ({\n}) {sym_name = "f", x.y = 1 : i64} : () -> ()';
    expect(reprint(text, { generic: true, properties: true })).toBe(
      '"test.func"() <{sym_name = "f"}> ({\n}) {x.y = 1 : i64} : () -> ()',
    );
  });
});

describe('names', () => {
  it('uses the names that ops suggest and makes them unique', () => {
    expect(
      reprint(
        '%a = test.constant 5 : i32\n%b = test.constant 5 : i32\n%c = test.constant true\n%d = test.constant 1.0 : f32',
      ),
    ).toBe(
      '%c5_i32 = test.constant 5 : i32\n%c5_i32_0 = test.constant 5 : i32\n%true = test.constant true\n%cst = test.constant 1.000000e+00 : f32',
    );
  });

  it('leaves suggestions out of the generic form', () => {
    expect(reprint('%a = test.constant 5 : i32', { generic: true })).toBe(
      '%0 = "test.constant"() {value = 5 : i32} : () -> i32',
    );
  });

  it('starts a group of results where an op suggests another name', () => {
    fixpoint(
      '%first:2, %rest:2 = "test.multi"() : () -> (i32, f32, f32, i1)\n"d.use"(%first#1, %rest#0, %rest#1) : (f32, f32, i1) -> ()',
    );
  });

  it('makes a suggested name unique among the values that are visible, not in sibling regions', () => {
    expect(
      reprint(
        '%a = test.constant 5 : i32\n"d.r"() ({\n  %b = test.constant 5 : i32\n}, {\n  %b = test.constant 5 : i32\n}) : () -> ()',
      ),
    ).toBe(
      '%c5_i32 = test.constant 5 : i32\n"d.r"() ({\n  %c5_i32_0 = test.constant 5 : i32\n}, {\n  %c5_i32_0 = test.constant 5 : i32\n}) : () -> ()',
    );
  });

  it('prints a nested op with the names it has in the whole', () => {
    const module = parse(
      'test.func "f" {\n  %0 = "d.a"() : () -> i32\n  %1 = "d.a"() : () -> i32\n  "d.r"() ({\n    %2 = "d.b"(%1) : (i32) -> i32\n  }) : () -> ()\n  test.return\n}',
    );
    expect(find(module, 'd.b').toString()).toBe('%2 = "d.b"(%1) : (i32) -> i32');
  });

  it('marks values that are not visible', () => {
    const context = testContext();
    const outside = Operation.create(context.opInfo('d.a'), 0, [], [context.i32]);
    const op = Operation.create(context.opInfo('d.b'), 0, [outside.result(0)], []);
    expect(op.toString()).toBe('"d.b"(<<UNKNOWN SSA VALUE>>) : (i32) -> ()');
  });

  it('marks values left over from an earlier print as not visible', () => {
    const context = testContext();
    const outside = Operation.create(context.opInfo('d.a'), 0, [], [context.i32]);
    expect(outside.toString()).toBe('%0 = "d.a"() : () -> i32');
    const op = Operation.create(context.opInfo('d.b'), 0, [outside.result(0)], [context.i32]);
    expect(op.toString()).toBe('%0 = "d.b"(<<UNKNOWN SSA VALUE>>) : (i32) -> i32');
  });

  it('names values of a block that is not in an operation yet', () => {
    const context = testContext();
    const block = new Block();
    const argument = block.addArgument(context.i32);
    const op = block.append(Operation.create(context.opInfo('d.b'), 0, [argument], [context.i32]));
    expect(op.toString()).toBe('%0 = "d.b"(%arg0) : (i32) -> i32');
  });

  it('drops the dialect prefix where the enclosing op says so', () => {
    fixpoint(
      'test.func "f" {\n^bb0(%arg0: i1):\n  if %arg0 {\n    "d.a"() : () -> ()\n  }\n  %0 = add %arg0, %arg0 : i1\n  "d.r"() ({\n    %1 = test.add %0, %0 : i1\n  }) : () -> ()\n  return\n}',
    );
  });
});

describe('custom form', () => {
  it('falls back to the generic form when the op does not fit its definition', () => {
    const text =
      '%0 = "d.a"() : () -> i32\n%1 = "test.add"(%0) : (i32) -> i32\n%2 = "test.cmp"(%0, %0) : (i32, i32) -> i1';
    expect(reprint(text)).toBe(text);
  });

  it('falls back to the generic form when types would be lost', () => {
    fixpoint(
      '%0:2 = "d.a"() : () -> (tensor<4xi32>, tensor<?xi32>)\n%1 = "test.add"(%0#0, %0#1) : (tensor<4xi32>, tensor<?xi32>) -> tensor<4xi32>',
    );
  });
});

describe('attributes and types', () => {
  it('prints large dense constants as hex blobs that read back', () => {
    const context = testContext();
    const { module, builder } = emptyModule(context);
    const type = context.tensor([300], context.f32);
    const bytes = new Uint8Array(Float32Array.from({ length: 300 }, (_, i) => i / 7).buffer);
    const value = context.denseElements(type, bytes, { splat: false });
    ConstantOp.create(builder, 0, { value });
    const text = printModule(module);
    expect(text).toContain(`dense<"0x${Buffer.from(bytes).toString('hex').toUpperCase()}"> : tensor<300xf32>`);
    expect(find(parse(text, context), 'test.constant').attr('value')).toBe(value);
  });

  it('elides large constants on request, wherever they are nested', () => {
    const text = `"d.a"() {a = [dense<[1, 2, 3]> : tensor<3xi32>], b = dense<[1, 2]> : tensor<2xi32>, c = dense<7> : tensor<9xi32>} : () -> ()`;
    expect(reprint(text, { elideLargeAttributes: 2 })).toBe(
      '"d.a"() {a = [dense_resource<__elided__> : tensor<3xi32>], b = dense<[1, 2]> : tensor<2xi32>, c = dense<7> : tensor<9xi32>} : () -> ()',
    );
  });

  it('prints only the resources that are used', () => {
    const context = testContext();
    context.resources.set(
      'builtin',
      new Map([
        ['used', { alignment: 4, bytes: Uint8Array.of(1, 2, 255) }],
        ['unused', { alignment: 4, bytes: Uint8Array.of(9) }],
      ]),
    );
    const { module, builder } = emptyModule(context);
    const module2 = parse('"d.a"() {x = [dense_resource<used> : tensor<3xi8>]} : () -> ()', context);
    builder.insert(find(module2, 'd.a').clone());
    expect(printModule(module)).toBe(
      'module {\n  "d.a"() {x = [dense_resource<used> : tensor<3xi8>]} : () -> ()\n}\n\n{-#\n  dialect_resources: {\n    builtin: {\n      used: "0x040000000102FF"\n    }\n  }\n#-}\n',
    );
  });

  it('lets hooks print the pieces of a type', () => {
    const context = testContext();
    const text = printWith(context, (p) => {
      p.text('<');
      p.types([context.f32, context.memref([DYNAMIC], context.i8)]);
      p.optionalArrowTypes([context.index]);
      p.optionalArrowTypes([]);
      p.optionalArrowTypes([context.i1, context.i1]);
      p.functionType([], [context.functionType([], [])]);
      p.symbolName('a b');
      p.string('q"');
      p.attributeWithoutType(context.i64Attr(4));
      p.attributeWithoutType(context.floatAttr(context.f32, 0.5));
      p.attributeWithoutType(context.stringAttr('s', context.i32));
      p.attributeWithoutType(context.splat(context.tensor([2], context.i8), 3));
      p.text('>');
    });
    expect(text).toBe('<f32, memref<?xi8> -> index -> (i1, i1)() -> (() -> ())@"a b""q\\22"45.000000e-01"s"dense<3>>');
  });

  it('prints an affine map applied to operands', () => {
    const context = testContext();
    const block = new Block();
    const values = [block.addArgument(context.index), block.addArgument(context.index)];
    const op = Operation.create(context.opInfo('test.apply'), 0, values, []);
    const parsed = parse('"d.a"() {m = affine_map<(d0)[s0] -> (d0 * 4 + s0, -d0)>} : () -> ()', context);
    const map = (find(parsed, 'd.a').attr('m') as import('./attribute.js').AffineMapAttr).map;
    expect(printWith(context, (p) => p.affineMapOfOperands(map, op.operands))).toBe(
      '<<UNKNOWN SSA VALUE>> * 4 + symbol(<<UNKNOWN SSA VALUE>>), -<<UNKNOWN SSA VALUE>>',
    );
  });
});

describe('locations', () => {
  it('prints them after ops and arguments on request', () => {
    const context = testContext();
    const { module, builder } = emptyModule(context);
    builder.insert(Operation.create(context.opInfo('d.a'), context.fileLineCol('f.mlir', 3, 7), [], []));
    builder.insert(
      Operation.create(context.opInfo('d.b'), context.nameLoc('n', context.fileLineCol('g', 1, 2)), [], []),
    );
    const f = FuncOp.create(builder, 0, { sym_name: 'f' });
    f.region(0).append().addArgument(context.i32);
    expect(printModule(module, { locations: true })).toBe(
      'module {\n  "d.a"() : () -> () loc("f.mlir":3:7)\n  "d.b"() : () -> () loc("n"("g":1:2))\n  test.func "f" {\n  ^bb0(%arg0: i32 loc(unknown)):\n  } loc(unknown)\n} loc(unknown)\n',
    );
  });

  it('turns the offset of a parsed op into line and column', () => {
    expect(reprint('"d.a"() : () -> ()\n\n  "d.b"() : () -> ()', { locations: true })).toMatch(
      /"d\.a"\(\) : \(\) -> \(\) loc\(".*":1:1\)\n"d\.b"\(\) : \(\) -> \(\) loc\(".*":3:3\)/,
    );
  });
});

describe('output', () => {
  it('is the same as string, bytes and chunks, across chunk borders and in UTF-8', () => {
    const context = testContext();
    const { module, builder } = emptyModule(context);
    for (let i = 0; i < 20_000; i++)
      builder.insert(Operation.create(context.opInfo(`d.op${i % 7}`), 0, [], [context.i32]));
    builder.insert(Operation.create(context.opInfo('d.ünïcode'), 0, [], []));
    const text = printModule(module);
    expect(text.length).toBeGreaterThan(1 << 19);
    expect(new TextDecoder().decode(printModuleBytes(module))).toBe(text);
    const chunks: Uint8Array[] = [];
    printModuleTo(module, (chunk) => chunks.push(chunk.slice()));
    expect(chunks.length).toBeGreaterThan(1);
    expect(Buffer.concat(chunks).toString()).toBe(text);
  });

  it.skipIf(!mlirOpt)('is read by mlir-opt, which sees the same module', () => {
    const context = testContext();
    const text = printModule(
      parse(
        `%0 = "d.a"() {d = dense<[[1.5, 2.0]]> : tensor<1x2xf16>, e = affine_map<(d0, d1)[s0] -> (d0 floordiv 2 - s0, d1 mod 3)>, s = "a\\0A\\22"} : () -> memref<?x4xf32, strided<[?, 1], offset: ?>>
        "d.r"() ({
        ^bb0(%x: i1):
          "d.br"(%x)[^bb1, ^bb2] : (i1) -> ()
        ^bb1:
          "d.e"() : () -> ()
        ^bb2:
          "d.e"() {f = 1.0e-30 : f32, g = 0x7FC00000 : f32, h = [@a::@b, unit, array<i8: 1, -2>, i32, #foo.bar<x>]} : () -> ()
        }, {
        ^bb0:
        }, {
        }) : () -> ()
        %1:2 = "test.multi"() : () -> (i32, index)`,
        context,
      ),
      { generic: true },
    );
    const run = (input: string) =>
      execFileSync(mlirOpt!, ['--allow-unregistered-dialect', '--mlir-print-op-generic', '--mlir-print-local-scope'], {
        input,
        stdio: 'pipe',
      }).toString();
    const theirs = run(text);
    expect(printModule(parse(theirs, context), { generic: true })).toBe(text);
  });
});
