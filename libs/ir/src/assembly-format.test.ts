import { describe, expect, it } from 'vitest';
import { compileAssembly } from './assembly-format.js';
import { Block } from './block.js';
import { Builder } from './builder.js';
import { AnyType, attr, I1, optional, optionalAttr, variadic } from './constraints.js';
import { defineDialect } from './define-dialect.js';
import { defineOp, type OpSpec } from './define-op.js';
import { InternalError } from './errors.js';
import { Operation } from './operation.js';
import { printModule } from './printer.js';
import { emptyModule, OptionsOp, testContext } from './testing/test-dialect.js';
import { find, parse } from './testing/text.js';
import { SameTypeOperands } from './traits.js';

const VALUES = '%i, %f, %b, %m, %x = "d.a"() : () -> (i32, f32, i1, memref<?x4xf32>, index)';

/** The op's text reads and prints as itself, in custom form. */
function fixpoint(...lines: string[]): void {
  const printed = printModule(parse([VALUES, ...lines].join('\n'))).split('\n');
  const names = ['%0#0', '%0#1', '%0#2', '%0#3', '%0#4'];
  const expected = lines.map((l) => `  ${l.replace(/%[ifbmx]\b/g, (n) => names['ifbmx'.indexOf(n[1]!)]!)}`);
  expect(printed.slice(2, -2)).toEqual(expected);
}

function parseError(text: string): string {
  const context = testContext();
  try {
    parse(`${VALUES}\n${text}`, context);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it parses');
}

function formatError(spec: Omit<OpSpec, 'name' | 'summary'>): string {
  try {
    compileAssembly(defineOp({ name: 'bad.op', summary: '', ...spec }));
  } catch (error) {
    expect(error).toBeInstanceOf(InternalError);
    return (error as Error).message;
  }
  throw new Error('it compiles');
}

describe('formats read what they print', () => {
  it('operands and types', () => fixpoint('%1 = test.add %i, %i : i32'));
  it('an enumeration in an optional group', () => fixpoint('%1 = test.add %i, %i flags(wrap) : i32'));
  it('a default that is not written', () => fixpoint('%1 = test.add %i, %i : i32'));
  it('further attributes', () => fixpoint('%1 = test.add %i, %i flags(trap) {x, y.z = 3 : i64} : i32'));
  it('a keyword for an integer enumeration', () => fixpoint('%1 = test.cmp lt, %i, %i : i32'));
  it('variadic operands of a type known from the constraint', () =>
    fixpoint('%1 = test.load %m[%x, %x] : memref<?x4xf32>', '%2 = test.load %m[] nontemporal : memref<?x4xf32>'));
  it('types related by traits', () => fixpoint('%1 = test.select %b, %f, %f : f32'));
  it('optional trailing operands', () => fixpoint('test.yield', 'test.yield %i, %f : i32, f32'));
  it('functional types', () =>
    fixpoint('%1:2 = test.call @f(%i, %f) : (i32, f32) -> (i32, i32)', 'test.call @"a b"() : () -> ()'));
  it('regions with implied terminators', () => fixpoint('test.if %b {', '  "d.x"() : () -> ()', '} else {', '}'));
  it('regions whose terminator says something', () =>
    fixpoint('%1 = test.if %b -> i32 {', '  test.yield %i : i32', '} else {', '  test.yield %i : i32', '}'));
  it('every form of attribute', () =>
    fixpoint(
      'test.options 4, true ratio 1.500000e+00 call @foo "x\\22y" sizes = [1, -2] map affine_map<(d0, d1) -> (d1)> fast inplace as tensor<4xf32>',
      'test.options -1, false',
      'test.options 0, false sizes = [] "in-between" {more}',
    ));
  it('an optional operand', () => {
    const text = '%t = "d.t"() : () -> tensor<2xf32>\ntest.options 1, false of %t : tensor<2xf32>';
    const op = find(parse(text), 'test.options');
    expect(op.operandCount).toBe(1);
    expect(op.toString()).toBe('test.options 1, false of %0 : tensor<2xf32>');
  });
  it('successors with operands, and the segment sizes they imply', () => {
    const text =
      'module {\n  test.func "f" {\n  ^bb0(%arg0: i1, %arg1: i32):\n    cond_br %arg0, ^bb1, ^bb2(%arg1, %arg1 : i32, i32)\n  ^bb1:  // pred: ^bb0\n    br ^bb2(%arg1, %arg1 : i32, i32)\n  ^bb2(%0: i32, %1: i32):  // 2 preds: ^bb0, ^bb1\n    return %0 : i32\n  }\n}\n';
    const module = parse(text);
    expect(printModule(module)).toBe(text);
    expect(String(find(module, 'test.cond_br').attr('operandSegmentSizes'))).toBe('array<i32: 1, 0, 2>');
  });
});

describe('types that are not written', () => {
  it('come from the trait SameOperandsAndResultType', () => {
    const op = find(parse(`${VALUES}\n%1 = test.add %i, %i : i32`), 'test.add');
    expect(op.result(0).type).toBe(op.context.i32);
  });
  it('come from a constraint that admits one type', () => {
    const op = find(parse(`${VALUES}\n%1 = test.cmp eq, %i, %i : i32`), 'test.cmp');
    expect(op.result(0).type).toBe(op.context.i1);
  });
  it('come from inferTypes', () => {
    expect(find(parse('%1 = test.constant dense<1> : tensor<3xi8>'), 'test.constant').result(0).type.toString()).toBe(
      'tensor<3xi8>',
    );
  });
  it('come from a relation to another operand', () => {
    expect(
      find(parse(`${VALUES}\n%1 = test.load %m[%x, %x] : memref<?x4xf32>`), 'test.load')
        .result(0)
        .type.toString(),
    ).toBe('f32');
  });
});

describe('text that does not fit gets an error', () => {
  it.each([
    ['test.cmp gt, %i, %i : i32', /expected one of eq, ne, lt, got 'gt'/],
    ['test.add %i : i32', /','/],
    ['%1 = test.add %f, %f : f32', /operand #0 must be signless integer or index-like, but got 'f32'/],
    ['test.yield %i, %f : i32', /'values': 2 values but 1 type/],
    ['%1 = test.load %i[%x] : i32', /operand #0 must be memref of any type values, but got 'i32'/],
    ['test.call @f(%i) : (i32, i32) -> ()', /'args': 1 value but 2 types/],
    ['test.options "x", true', /./],
    ['test.options 1, 3', /./],
    ['test.options 1, true "s" "t"', /./],
  ])('%s', (text, message) => {
    expect(parseError(text)).toMatch(message);
  });
});

describe('a format is refused when', () => {
  it.each<[string, Omit<OpSpec, 'name' | 'summary'>, RegExp]>([
    [
      'an operand is missing',
      { operands: { a: I1 }, assembly: 'attr-dict' },
      /'bad.op', column 10: operand 'a' is not in the format/,
    ],
    [
      'a region is missing',
      { regions: { r: { blocks: 'one' } }, assembly: 'attr-dict' },
      /region 'r' is not in the format/,
    ],
    ['a successor is missing', { successors: ['s'], assembly: 'attr-dict' }, /successor 's' is not in the format/],
    ['attr-dict is missing', { operands: { a: I1 }, assembly: '$a' }, /attr-dict is not in the format/],
    [
      'something is bound twice',
      { operands: { a: I1 }, assembly: '$a $a attr-dict' },
      /column 4: '\$a' is already bound/,
    ],
    [
      'a type cannot be known',
      { operands: { a: AnyType }, assembly: '$a attr-dict' },
      /the type of operand 'a' is neither written nor inferable; add type\(\$a\)/,
    ],
    ['a result type cannot be known', { results: { r: AnyType }, assembly: 'attr-dict' }, /the type of result 'r'/],
    ['it names something unknown', { assembly: '$x attr-dict' }, /column 1: '\$x' is no operand/],
    ['it has an unknown directive', { assembly: 'attr-dict what' }, /column 11: unknown directive 'what'/],
    ['a literal is no token', { assembly: '`a b` attr-dict' }, /'a b' is neither a keyword nor punctuation/],
    ['a character is unexpected', { assembly: 'attr-dict &' }, /column 11: unexpected '&'/],
    [
      'a group has no anchor',
      { operands: { a: optional(I1) }, assembly: '(`x` $a)? attr-dict' },
      /optional group has no anchor/,
    ],
    [
      'a group has two anchors',
      { operands: { a: optional(I1), b: optional(I1) }, assembly: '(`x` $a^ $b^)? attr-dict' },
      /two anchors/,
    ],
    ['an anchor is not optional', { operands: { a: I1 }, assembly: '(`x` $a^)? attr-dict' }, /can be an anchor/],
    [
      'a group does not end',
      { operands: { a: optional(I1) }, assembly: '(`x` $a^ attr-dict' },
      /attr-dict cannot be in an optional group|lacks '\)'/,
    ],
    [
      'a unit attribute stands alone',
      { attributes: { u: attr.unit }, assembly: '$u attr-dict' },
      /unit attribute 'u' must be in an optional group/,
    ],
    [
      'a list is followed by a comma',
      { operands: { a: variadic(I1), b: I1 }, assembly: '$a `,` $b attr-dict' },
      /ambiguous: a list is followed by ','/,
    ],
    [
      'operands follow an optional operand',
      { operands: { a: optional(I1), b: I1 }, assembly: '$a $b attr-dict' },
      /ambiguous: operands after an optional/,
    ],
    [
      'a colon follows an attribute of any kind',
      { attributes: { a: attr.any }, operands: { b: AnyType }, assembly: '$b `,` $a `:` type($b) attr-dict' },
      /ambiguous: ':' after attribute 'a'/,
    ],
    [
      'a region follows attr-dict',
      { regions: { r: { blocks: 'one' } }, assembly: 'attr-dict $r' },
      /use attr-dict-with-keyword/,
    ],
    [
      'several variadic groups share a list',
      { operands: { a: variadic(I1), b: variadic(I1) }, assembly: 'operands attr-dict' },
      /cannot tell several variadic operands apart/,
    ],
  ])('%s', (_, spec, message) => {
    expect(formatError(spec)).toMatch(message);
  });
});

describe('compileAssembly', () => {
  it('compiles a definition once', () => {
    expect(compileAssembly(OptionsOp)).toBe(compileAssembly(OptionsOp));
  });

  it('keeps attributes of a group that is not printed in the dictionary', () => {
    const Op = defineOp({
      name: 'grp.op',
      summary: '',
      operands: { a: optional(I1) },
      attributes: { n: optionalAttr(attr.i64) },
      assembly: '(`with` $a^ `times` $n)? attr-dict',
    });
    const context = testContext();
    context.registerDialect(defineDialect({ name: 'grp', summary: '', ops: [Op] }));
    const { module, builder } = emptyModule(context);
    Op.create(builder, 0, { n: 3 });
    const text = printModule(module);
    expect(text).toContain('grp.op {n = 3 : i64}');
    expect(printModule(parse(text, context))).toBe(text);
  });

  it('prints the alternative of a group and reads it back', () => {
    const Op = defineOp({
      name: 'alt.op',
      summary: '',
      operands: { a: variadic(I1) },
      assembly: '(`some` $a^) : (`none`)? attr-dict',
    });
    const context = testContext();
    context.registerDialect(defineDialect({ name: 'alt', summary: '', ops: [Op] }));
    const text = 'module {\n  %0 = "d.a"() : () -> i1\n  alt.op none\n  alt.op some %0, %0 {x}\n}\n';
    expect(printModule(parse(text, context))).toBe(text);
  });

  it('infers the type of operands from one of them', () => {
    const Op = defineOp({
      name: 'same.op',
      summary: '',
      operands: { a: AnyType, b: AnyType, c: AnyType },
      traits: [SameTypeOperands],
      assembly: 'operands attr-dict `:` type($b)',
    });
    const context = testContext();
    context.registerDialect(defineDialect({ name: 'same', summary: '', ops: [Op] }));
    const op = find(parse('%0 = "d.a"() : () -> f64\nsame.op %0, %0, %0 : f64', context), 'same.op');
    expect(op.operandCount).toBe(3);
  });

  it('adds the implied terminator that the text leaves out', () => {
    const op = find(parse(`${VALUES}\ntest.if %b {\n}`), 'test.if');
    expect(op.region(0).entry.terminator.name).toBe('test.yield');
    expect(op.region(1).isEmpty).toBe(true);
  });

  it('prints ops whose operands are missing generically instead of failing', () => {
    const context = testContext();
    const block = new Block();
    const op = Builder.atEnd(context, block).insert(Operation.create(context.opInfo('test.cmp'), 0, [], []));
    expect(op.toString()).toBe('"test.cmp"() : () -> ()');
  });
});
