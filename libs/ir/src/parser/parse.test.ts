import { describe, expect, it } from 'vitest';
import {
  type AffineMapAttr,
  type ArrayAttr,
  type CallSiteLoc,
  Context,
  type DenseArrayAttr,
  type DenseElementsAttr,
  type DenseStringElementsAttr,
  type DistinctAttr,
  DYNAMIC,
  denseElement,
  type FloatAttr,
  FusedLoc,
  type IntegerAttr,
  type MemRefType,
  NameLoc,
  type OpaqueAttr,
  type Operation,
  parseAttribute,
  parseModule,
  parseType,
  printModule,
  type SparseElementsAttr,
  type StridedLayoutAttr,
  type StringAttr,
  type TensorType,
} from '../index.js';
import { difference } from '../testing/same-structure.js';
import { find, parse } from '../testing/text.js';

const context = new Context();
context.allowUnregistered = true;
const type = (text: string) => {
  const found = parseType(text, context);
  expect(context.diagnostics.unhandled.splice(0).map((d) => d.message)).toEqual([]);
  return found!;
};
const attr = (text: string) => {
  const found = parseAttribute(text, context);
  expect(context.diagnostics.unhandled.splice(0).map((d) => d.message)).toEqual([]);
  return found!;
};
const generic = (text: string) => parse(text, context);
/** The first operation of the module. */
const first = (text: string): Operation => generic(text).region(0).entry.firstOp!;

describe('types', () => {
  it('are the uniqued types of the context', () => {
    expect(type('i32')).toBe(context.i32);
    expect(type('si7')).toBe(context.integer(7, 'signed'));
    expect(type('tensor<4x?xf32>')).toBe(context.tensor([4, DYNAMIC], context.f32));
    expect(type('tensor<0x4xf32>')).toBe(context.tensor([0, 4], context.f32));
    expect(type(' tensor < 4 x ? x f32 > ')).toBe(context.tensor([4, DYNAMIC], context.f32));
    expect(type('tensor<*xindex>')).toBe(context.unrankedTensor(context.index));
    expect(type('vector<2x[4]xi1>')).toBe(context.vector([2, 4], context.i1, [false, true]));
    expect(type('(i32, f32) -> ()')).toBe(context.functionType([context.i32, context.f32], []));
    expect(type('() -> (() -> i32)')).toBe(context.functionType([], [context.functionType([], [context.i32])]));
    expect(type('tuple<i32, none>')).toBe(context.tuple([context.i32, context.none]));
    expect(type('complex<f64>')).toBe(context.complex(context.f64));
  });
  it('keep the encoding, the layout and the memory space', () => {
    expect((type('tensor<4xf32, {a = 1}>') as TensorType).encoding).toBe(
      context.dictionary([['a', context.i64Attr(1)]]),
    );
    const memref = type('memref<4x4xf32, strided<[?, 1], offset: 2>, 3 : i32>') as MemRefType;
    expect(memref.layout).toBe(context.stridedLayout([DYNAMIC, 1], 2));
    expect(memref.memorySpace).toBe(context.integerAttr(context.i32, 3));
    expect(type('memref<4xf32, affine_map<(d0) -> (d0)>>')).toBe(context.memref([4], context.f32));
    expect(type('memref<4xf32, 0>')).toBe(context.memref([4], context.f32));
    expect(type('memref<*xf32, "x">')).toBe(context.unrankedMemref(context.f32, context.stringAttr('x')));
  });
  it('keep the text of unknown dialects as written', () => {
    for (const text of [
      '!d.t',
      '!d.t<a -> b, [1, (2)], {"x>" }>',
      '!d<anything "<" -> here>',
      '!d.t<!d.u<i32>>',
      '!d.t<\n  2>',
      '!d<a-b.c>',
      '!d<a<1>, b<2>>',
    ])
      expect(type(text).toString()).toBe(text);
    // Two ways to write one type.
    expect(type('!d<a.b<">" -> 1>>')).toBe(type('!d.a.b<">" -> 1>'));
    expect(type('!d.a-b.c')).toBe(type('!d<a-b.c>'));
    expect(attr('#d<a>')).toBe(attr('#d.a'));
  });
  it('repeated in one text are parsed once and mean the same', () => {
    const ops = generic('"a.b"() : () -> (tensor<2xf32>, tensor<2xf32>, tensor<3xf32>, vector<2xf32>)').region(0).entry
      .firstOp!;
    expect(ops.resultTypes.map(String)).toEqual(['tensor<2xf32>', 'tensor<2xf32>', 'tensor<3xf32>', 'vector<2xf32>']);
  });
});

describe('attributes', () => {
  it('read integers in all their spellings', () => {
    const value = (text: string) => (attr(text) as IntegerAttr).value;
    expect(value('5')).toBe(5);
    expect(value('-5 : index')).toBe(-5);
    expect(value('0xFF : i8')).toBe(-1);
    expect(value('0xFF : ui8')).toBe(255);
    expect(value('128 : i8')).toBe(-128);
    expect(value('-128 : si8')).toBe(-128);
    expect(value('true')).toBe(1);
    expect(value('9007199254740993')).toBe(9007199254740993n);
    expect(value('0x8000000000000000')).toBe(-(2n ** 63n));
    expect(value('18446744073709551615 : ui64')).toBe(2n ** 64n - 1n);
    expect(value('123456789012345678901234567890 : i128')).toBe(123456789012345678901234567890n);
    expect(value('-1 : i1')).toBe(1);
  });
  it('read floats, and bit patterns of every float type', () => {
    const value = (text: string) => (attr(text) as FloatAttr).value;
    expect(value('1.5')).toBe(1.5);
    expect(value('-2.5e-1 : f32')).toBe(-0.25);
    expect(value('0.1 : f32')).toBe(Math.fround(0.1));
    expect(Object.is(value('-0.0 : f32'), -0)).toBe(true);
    expect(value('0x7F800000 : f32')).toBe(Number.POSITIVE_INFINITY);
    expect((attr('0x7FC00001 : f32') as FloatAttr).nanBits).toBe(0x7fc00001n);
    expect(value('0x3C00 : f16')).toBe(1);
    expect(value('0x3F80 : bf16')).toBe(1);
    expect(value('0x7E : f8E4M3FN')).toBe(448);
    expect(value('449.0 : f8E4M3FN')).toBe(448);
    expect(value('3.3 : f8E5M2')).toBe(3.5);
    expect(value('0x7C : f8E5M2')).toBe(Number.POSITIVE_INFINITY);
    expect(Number.isNaN(value('0x80 : f8E4M3FNUZ'))).toBe(true);
    expect(value('0x7 : f4E2M1FN')).toBe(6);
    expect(value('0x80 : f8E8M0FNU')).toBe(2);
    expect(value('1.1 : f128')).toBe(1.1);
    expect(value('0x3FFF8000000000000000 : f80')).toBe(1);
    expect(attr('0x7F : f8E4M3FN').toString()).toBe('0x7F : f8E4M3FN');
  });
  it('read strings to the last byte', () => {
    expect((attr('"a\\n\\t\\"\\\\\\41é"') as StringAttr).value).toBe('a\n\t"\\Aé');
    for (const text of ['"\\FF\\00"', '"\\C3\\A9"', '"\\ED\\B3\\BF"', '"\\F0\\9F\\98\\80\\9F"'])
      expect(attr(text).toString()).toBe(text);
    // Every malformed shape of UTF-8, between characters of every length.
    const odd = '\\80a\\C0\\AF\\C3\\A9\\E0\\9F\\BF\\E6\\BC\\A2\\ED\\A0\\80\\F0\\9F\\98\\80\\F4\\90\\80\\80\\F5\\C3';
    expect(attr(`"${odd}"`).toString()).toBe(`"${odd}"`);
    expect(attr(`"${'\\FF'.repeat(100_000)}"`).toString()).toHaveLength(300_002);
    expect(attr('"x" : !d.s')).toBe(context.stringAttr('x', context.opaqueType('d', 'd.s')));
  });
  it('read dense elements', () => {
    const values = (text: string) => {
      const dense = attr(text) as DenseElementsAttr;
      const n = dense.splat ? 1 : dense.type.shape.reduce((a, b) => a * b, 1);
      return Array.from({ length: n }, (_, i) => denseElement(dense, i));
    };
    expect(values('dense<[[1, 2], [3, -4]]> : tensor<2x2xi32>')).toEqual([1, 2, 3, -4]);
    expect(values('dense<1.5> : vector<4xf32>')).toEqual([1.5]);
    expect(attr('dense<[7, 7]> : tensor<2xi8>')).toBe(attr('dense<7> : tensor<2xi8>'));
    expect(values('dense<"0x0000803F00000040"> : tensor<2xf32>')).toEqual([1, 2]);
    expect(values('dense<"0x0D01"> : tensor<9xi1>')).toEqual([1, 0, 1, 1, 0, 0, 0, 0, 1]);
    expect(values('dense<"0x010203FFFFFF"> : tensor<2xi24>')).toEqual([0x030201, -1]);
    expect(values('dense<[1, // ] >\n 2]> : tensor<2xi64>')).toEqual([1n, 2n]);
    expect((attr('dense<[(1.0, 2.0)]> : tensor<1xcomplex<f32>>') as DenseElementsAttr).bytes).toEqual(
      new Uint8Array(Float32Array.of(1, 2).buffer),
    );
    expect((attr('dense<["a", "b"]> : tensor<2x!d.s>') as DenseStringElementsAttr).values).toEqual(['a', 'b']);
    expect(attr('dense<["a", "a"]> : tensor<2x!d.s>')).toBe(attr('dense<"a"> : tensor<2x!d.s>'));
    expect((attr('sparse<[[0, 1]], [2.0]> : tensor<2x2xf32>') as SparseElementsAttr).toString()).toBe(
      'sparse<[[0, 1]], 2.000000e+00> : tensor<2x2xf32>',
    );
  });
  it('read arrays, symbols, layouts and unknown attributes', () => {
    expect((attr('array<i64: 1, -9223372036854775808>') as DenseArrayAttr).values).toEqual([1, -(2n ** 63n)]);
    expect((attr('array<f32: 0.1, 0x3F800000>') as DenseArrayAttr).values).toEqual([Math.fround(0.1), 1]);
    expect((attr('array<i1: true, false, 1>') as DenseArrayAttr).values).toEqual([1, 0, 1]);
    expect(attr('@a::@"b c"')).toBe(context.symbolRef('a', ['b c']));
    expect(attr('strided<[4, ?], offset: ?>')).toBe(context.stridedLayout([4, DYNAMIC], DYNAMIC));
    expect((attr('strided<[]>') as StridedLayoutAttr).strides).toEqual([]);
    // Negative strides are kept, and promise nothing to who looks at the numbers.
    const reversed = attr('strided<[-1, 4], offset: -3>') as StridedLayoutAttr;
    expect([reversed.strides, reversed.offset]).toEqual([[DYNAMIC, 4], DYNAMIC]);
    expect(String(reversed)).toBe('strided<[-1, 4], offset: -3>');
    expect(reversed).not.toBe(attr('strided<[?, 4], offset: ?>'));
    const opaque = attr('#d.x<"a>b" -> {}> : i32') as OpaqueAttr;
    expect([opaque.text, opaque.type]).toEqual(['d.x<"a>b" -> {}>', context.i32]);
    const pair = attr('[distinct[0]<1>, distinct[0]<1>, distinct[1]<1>, distinct[2]<>]') as ArrayAttr;
    expect(pair.elements[0]).toBe(pair.elements[1]);
    expect(pair.elements[0]).not.toBe(pair.elements[2]);
    expect((pair.elements[3] as DistinctAttr).referenced).toBe(context.unitAttr);
  });
  it('read affine maps with any names, parentheses and the usual precedence', () => {
    const map = (text: string) => (attr(`affine_map<${text}>`) as AffineMapAttr).map;
    expect(map('(i, j)[n] -> (i * 2 + n, -(j - 1), (i + j) mod 4 - 3, 7 - i)').evaluate([3, 5], [10])).toEqual([
      16, -4, -3, 4,
    ]);
    expect(map('(d0) -> (d0 floordiv 2 * 3, d0 ceildiv 2)').evaluate([-3])).toEqual([-6, -1]);
    expect(map('() -> ()').results).toEqual([]);
    expect(attr('affine_set<(d0)[s0] : (d0 >= 0, d0 <= s0, d0 * 2 == 4)>').toString()).toBe(
      'affine_set<(d0)[s0] : (d0 >= 0, -d0 + s0 >= 0, d0 * 2 - 4 == 0)>',
    );
  });
  it('give equal dictionaries one object, whatever the order and spacing', () => {
    expect(attr('{b = 1, a = unit}')).toBe(attr('{ a , "b"=1 }'));
    const op = first('"a.b"() {x = {v = 1 : i32}, y = {v = 1 : i32}, z = {v = 2 : i32}} : () -> ()');
    expect(op.attr('x')).toBe(op.attr('y'));
    expect(op.attr('x')).not.toBe(op.attr('z'));
  });
  it('merge properties into the dictionary', () => {
    expect(first('"a.b"() <{p = 1}> {a = 2} : () -> ()').attributes.names).toEqual(['a', 'p']);
    expect(first('"a.b"() <{p = 1}> ({}) : () -> ()').attributes.names).toEqual(['p']);
  });
});

describe('locations', () => {
  const loc = (text: string) => first(`"a.b"() : () -> () loc(${text})`).location;
  it('are offsets of the operation name unless the text says otherwise', () => {
    const ctx = new Context();
    ctx.allowUnregistered = true;
    parse('"x.y"() : () -> ()', ctx);
    const op = parseModule('\n %a = "a.b"() : () -> i32', ctx, { file: 'f.mlir' })!.region(0).entry.firstOp!;
    expect(typeof op.loc).toBe('number');
    expect(op.location).toBe(ctx.fileLineCol('f.mlir', 2, 7));
  });
  it('are read in all forms', () => {
    expect(loc('unknown')).toBe(context.unknownLoc);
    expect(loc('"f":1:2')).toBe(context.fileLineCol('f', 1, 2));
    expect(loc('"f":1:2 to 3:4')).toBe(context.fileLineCol('f', 1, 2, ' to 3:4'));
    expect(loc('"f":1:2 to :4')).toBe(context.fileLineCol('f', 1, 2, ' to :4'));
    expect(loc('"n"("f":1:2)')).toBe(context.nameLoc('n', context.fileLineCol('f', 1, 2)));
    expect(loc('callsite("a" at "b")')).toBe(context.callSiteLoc(context.nameLoc('a'), context.nameLoc('b')));
    expect(loc('fused<"m">["a", unknown]')).toBe(
      context.fusedLoc([context.nameLoc('a'), context.unknownLoc], context.stringAttr('m')),
    );
    expect(loc('fused<1>[]')).toBe(context.fusedLoc([context.unknownLoc], context.i64Attr(1)));
    expect(loc('fused<1>[]')).toBeInstanceOf(FusedLoc);
    // What says no more than something shorter is that.
    expect(loc('fused["a", unknown, "a"]')).toBe(context.nameLoc('a'));
    expect(loc('fused[unknown]')).toBe(context.unknownLoc);
    expect(loc('fused["a", fused["b", "c"]]')).toBe(loc('fused["a", "b", "c"]'));
    expect(loc('fused["a", fused<1>["b"]]').toString()).toBe('loc(fused["a", fused<1 : i64>["b"]])');
    expect(loc('"n"(unknown)')).toBe(context.nameLoc('n'));
  });
  it('may be aliases from the end of the file, which refer to each other', () => {
    const module = generic(
      '"a.b"() : () -> () loc(#loc2)\n"a.c"() : () -> () loc(#loc1)\n#loc2 = loc(callsite(#loc1 at "x"))\n  #loc1 = loc("y")\n',
    );
    const [b, c] = module.region(0).entry.ops;
    expect(c!.loc).toBe(context.nameLoc('y'));
    expect((b!.loc as CallSiteLoc).callee).toBe(c!.loc);
    expect((b!.loc as CallSiteLoc).caller).toBeInstanceOf(NameLoc);
  });
});

describe('values, blocks and scopes', () => {
  it('link uses before definitions, also of several results', () => {
    const [early, late] = generic(
      '"a.use"(%x#1, %x, %x#1) : (f32, i32, f32) -> ()\n%x:2 = "a.def"() : () -> (i32, f32)',
    ).region(0).entry.ops;
    expect(early!.operands).toEqual([late!.result(1), late!.result(0), late!.result(1)]);
    expect(late!.result(1).useCount()).toBe(2);
  });
  it('give groups of results their names', () => {
    const [def, use] = generic(
      '%a, %b:2 = "a.def"() : () -> (i32, f32, index)\n"a.use"(%b#1, %b, %a) : (index, f32, i32) -> ()',
    ).region(0).entry.ops;
    expect(use!.operands).toEqual([def!.result(2), def!.result(1), def!.result(0)]);
  });
  it('tell names apart that look alike', () => {
    const names = [
      '%0',
      '%00',
      '%1',
      '%a',
      '%a0',
      '%a00',
      '%A0',
      '%_',
      '%a.b',
      '%a-b',
      '%a$',
      '%arg0',
      '%arg1',
      '%9999999',
      '%x9999999',
      '%123456789012',
    ];
    const defs = names.map((n) => `${n} = "a.def"() : () -> i32`).join('\n');
    const ops = generic(`${defs}\n"a.use"(${names.join(', ')}) : (${names.map(() => 'i32').join(', ')}) -> ()`).region(
      0,
    ).entry.ops;
    expect(ops.at(-1)!.operands).toEqual(ops.slice(0, -1).map((op) => op.result(0)));
  });
  it('forget the names of a region when it ends', () => {
    const module = generic(
      '"a.r"() ({\n  %x = "a.def"() : () -> i32\n}, {\n  %x = "a.def"() : () -> f32\n}) : () -> ()\n%x = "a.def"() : () -> index\n"a.use"(%x) : (index) -> ()',
    );
    expect(find(module, 'a.use').operand(0).type).toBe(context.index);
  });
  it('let a region see the names around it, and use names that follow it', () => {
    const module = generic(
      '%x = "a.def"() : () -> i32\n"a.r"() ({\n  "a.use"(%x, %y) : (i32, f32) -> ()\n}) : () -> ()\n%y = "a.def"() : () -> f32',
    );
    expect(find(module, 'a.use').operands.map((v) => v.definingOp!.name)).toEqual(['a.def', 'a.def']);
  });
  it('let an isolated region use the names around it again', () => {
    const module = parse(
      '%x = "a.def"() : () -> f32\ntest.func "f" {\n  "a.use"(%x) : (i32) -> ()\n  %x = "a.def"() : () -> i32\n  return\n}\n"a.last"(%x) : (f32) -> ()',
    );
    expect(find(module, 'a.use').operand(0).type.toString()).toBe('i32');
    expect(find(module, 'a.last').operand(0).type.toString()).toBe('f32');
  });
  it('keep a forward reference from a nested region alive beside a hidden name', () => {
    const module = parse(
      '%x = "a.def"() : () -> f32\ntest.func "f" {\n  "a.r"() ({\n    "a.use"(%x) : (i32) -> ()\n  }) : () -> ()\n  %x = "a.def"() : () -> i32\n  return\n}\n"a.last"(%x) : (f32) -> ()',
    );
    expect(find(module, 'a.use').operand(0).type.toString()).toBe('i32');
    expect(find(module, 'a.last').operand(0).type.toString()).toBe('f32');
  });
  it('order blocks as they are defined and link successors both ways', () => {
    const module = generic(
      '"a.r"() ({\n  "a.br"()[^c, ^b] : () -> ()\n^b(%x: i32 loc("l")):\n  "a.br"(%x)[^c] : (i32) -> ()\n^c:\n  "a.end"() : () -> ()\n}) : () -> ()',
    );
    const [entry, b, c] = find(module, 'a.r').region(0).blocks;
    expect(entry!.successors).toEqual([c, b]);
    expect(c!.predecessors).toEqual([entry, b]);
    expect(b!.arguments[0]!.useCount()).toBe(1);
  });
});

describe('modules', () => {
  it('wrap several operations, or none, in a module', () => {
    expect(generic('').name).toBe('builtin.module');
    expect(generic('// nothing').region(0).entry.isEmpty).toBe(true);
    expect(generic('"a.b"() : () -> ()\n"a.c"() : () -> ()').region(0).entry.ops).toHaveLength(2);
  });
  it('return an explicit module itself', () => {
    expect(generic('module @m attributes {a = 1} { }').attributes.names).toEqual(['a', 'sym_name']);
    expect(generic('builtin.module { "a.b"() : () -> () }').region(0).entry.firstOp!.name).toBe('a.b');
    expect(generic('"builtin.module"() ({ "a.b"() : () -> () }) : () -> ()').region(0).entry.firstOp!.name).toBe('a.b');
    expect(
      generic('module {}\nmodule {}')
        .region(0)
        .entry.ops.map((op) => op.name),
    ).toEqual(['builtin.module', 'builtin.module']);
  });
  it('read blobs of the file metadata into the context', () => {
    generic(
      '{-# dialect_resources: { builtin: { k: "0x08000000010203" } }, external_resources: { t: { a: "0x", b: true } } #-}',
    );
    expect(context.resources.get('builtin')!.get('k')).toEqual({ alignment: 8, bytes: Uint8Array.of(1, 2, 3) });
  });
  it('read bytes as well as strings, with a byte order mark, and non-ASCII text', () => {
    const text = '"a.b"() {s = "é漢😀"} : () -> () // ünï';
    const a = generic(text);
    const b = parseModule(new TextEncoder().encode(`\ufeff${text}`), context)!;
    expect(difference(a, b)).toBeUndefined();
    expect((a.region(0).entry.firstOp!.attr('s') as StringAttr).value).toBe('é漢😀');
  });
  it('take the segment names of MLIR 16', () => {
    const op = find(
      parse(
        '"test.cond_br"(%c)[^a, ^a] {operand_segment_sizes = array<i32: 1, 0, 0>} : (i1) -> ()'.replace(
          /^/,
          'test.func "f" {\n^a:\n%c = "a.c"() : () -> i1\n',
        ) + '\n}',
      ),
      'test.cond_br',
    );
    expect(op.attributes.names).toEqual(['operandSegmentSizes']);
  });
});

describe('dense constants of types without a layout in memory', () => {
  it('hold integers of more than 64 bits', () => {
    const wide = attr('dense<[79228162514264337593543950335, -1]> : tensor<2xi128>') as DenseElementsAttr;
    expect([denseElement(wide, 0), denseElement(wide, 1)]).toEqual([79228162514264337593543950335n, -1n]);
    expect(String(wide)).toBe('dense<[79228162514264337593543950335, -1]> : tensor<2xi128>');
    expect(attr(`dense<"0x${'00'.repeat(8)}FF${'00'.repeat(6)}${'FF'.repeat(15)}"> : tensor<2xi120>`)).toBe(
      attr('dense<[4703919738795935662080, -1]> : tensor<2xi120>'),
    );
  });
  it('hold f80 and f128', () => {
    expect(String(attr('dense<[1.5, -2.0]> : tensor<2xf80>'))).toBe(
      'dense<[1.500000e+00, -2.000000e+00]> : tensor<2xf80>',
    );
    expect(denseElement(attr('dense<1.5> : tensor<2xf128>') as DenseElementsAttr, 1)).toBe(1.5);
    const third = '0x3FFD5555555555555555555555555555';
    expect(String(attr(`dense<${third}> : tensor<2xf128>`))).toBe(`dense<${third}> : tensor<2xf128>`);
  });
  it('write blobs with whole bytes for each element, as MLIR does', () => {
    const text = `dense<"0x${'010000'.repeat(100)}FFFFFF"> : tensor<101xi17>`;
    expect(String(attr(text))).toBe(text);
    expect(denseElement(attr(text) as DenseElementsAttr, 100)).toBe(-1);
  });
});

describe('file metadata', () => {
  it('keeps external resources through printing', () => {
    const own = new Context();
    own.allowUnregistered = true;
    const text = `"a.b"() : () -> ()
{-# external_resources: { other: { x: "0x0400000001000000", y: true }, "a b": { z: "s\\22" } } #-}`;
    const printed = printModule(parse(text, own));
    expect(printed).toContain(
      'external_resources: {\n    other: {\n      x: "0x0400000001000000",\n      y: true\n    }',
    );
    const again = new Context();
    again.allowUnregistered = true;
    expect(printModule(parse(printed, again))).toBe(printed);
    expect(again.externalResources.get('a b')?.get('z')).toBe('s"');
  });
});
