// Types and attributes with named parameters, enumerations, and constraints made of others.
import { describe, expect, it } from 'vitest';
import type { DialectAttr } from './attribute.js';
import { Builder } from './builder.js';
import {
  AnyFloat,
  AnyInteger,
  AnyType,
  allOf,
  anyOf,
  attr,
  dialectTypeOf,
  noneOf,
  optionalAttr,
  where,
} from './constraints.js';
import { Context } from './context.js';
import { defineAttribute, defineDialect, defineType } from './define-dialect.js';
import { defineBitEnum, defineEnum } from './define-enum.js';
import { defineOp } from './define-op.js';
import { param } from './define-parameters.js';
import { InternalError } from './errors.js';
import { parseAttribute, parseType } from './parser/parse.js';
import { parse, verifyText } from './testing/text.js';
import { IntegerType, type Type } from './type.js';

const BoxType = defineType({
  name: 'p.box',
  summary: 'Everything that parameters can be.',
  parameters: {
    elem: param.typeOf(AnyFloat),
    width: param.withDefault(param.integer, 4),
    note: param.optional(param.string),
    sizes: param.withDefault(param.array(param.integer), []),
    order: param.optional(param.keyword('row', 'column')),
    extra: param.optional(param.attribute),
    signed: param.withDefault(param.boolean, false),
  },
  verify: ({ sizes, width }) =>
    sizes.length > 0 && width === 1 ? `sizes of '!p.box' go with a width of more than 1` : undefined,
});
const RangeAttr = defineAttribute({
  name: 'p.range',
  summary: 'A range with a step.',
  parameters: {
    from: param.integer,
    to: param.where(param.integer, 'an even integer', (n) => n % 2 === 0),
    step: param.optional(param.integer),
    of: param.type,
  },
  assembly: '`<` $from `to` $to (`by` $step^)? `:` $of `>`',
});
const PairType = defineType({
  name: 'p.pair',
  summary: '',
  parameters: { first: param.type, second: param.type },
  assembly: '`<` params `>`',
});
const PartsAttr = defineAttribute({
  name: 'p.parts',
  summary: '',
  parameters: { a: param.integer, b: param.integer, c: param.integer },
  assembly: '`[` $a `:` struct($b, $c) `]`',
});
const UnitType = defineType({ name: 'p.unit', summary: '', parameters: {} });
const Dim = defineEnum({ name: 'p.dim', summary: 'A dimension.', cases: ['x', 'y', 'z'] });
const Mode = defineEnum({ name: 'p.mode', summary: '', cases: ['fast', 'slow'], brackets: true });
const Flags = defineBitEnum({
  name: 'p.flags',
  summary: '',
  cases: ['nnan', 'ninf', 'nsz'],
  groups: { fast: ['nnan', 'ninf', 'nsz'] },
  brackets: true,
});
const UseOp = defineOp({
  name: 'p.use',
  summary: '',
  attributes: { dim: attr.dialect(Dim), flags: optionalAttr(attr.dialect(Flags)) },
  assembly: '$dim (`flags` `(` $flags^ `)`)? attr-dict',
});
const CheckOp = defineOp({
  name: 'p.check',
  summary: '',
  operands: {
    a: anyOf(
      AnyFloat,
      dialectTypeOf(BoxType, '!p.box of width 8', ({ width }) => width === 8),
    ),
  },
  attributes: {
    even: attr.where(attr.i64, 'even 64-bit integer', (n) => n % 2 === 0),
    any: optionalAttr(attr.anyOf(attr.string, attr.unit)),
  },
});
const dialect = defineDialect({
  name: 'p',
  summary: '',
  ops: [UseOp, CheckOp],
  types: [BoxType, PairType, UnitType],
  attributes: [RangeAttr, PartsAttr, Dim, Mode, Flags],
});
function makeContext(): Context {
  const made = new Context();
  made.allowUnregistered = true;
  made.registerDialect(dialect);
  return made;
}
const context = makeContext();
const problem = (text: string): string => {
  const { result, diagnostics } = context.diagnostics.collect(() =>
    text.startsWith('!') ? parseType(text, context) : parseAttribute(text, context),
  );
  return result ? String(result) : diagnostics.map((d) => `${d.id}: ${d.message}`).join('\n');
};

describe('named parameters', () => {
  it('are written as assignments, without those that say nothing', () => {
    expect(problem('!p.box<elem = f32>')).toBe('!p.box<elem = f32>');
    expect(problem('!p.box<width = 4, elem = f32, sizes = []>')).toBe('!p.box<elem = f32>');
    const all =
      '!p.box<elem = f32, width = 8, note = "n", sizes = [1, 2], order = row, extra = [5 : i64], signed = true>';
    expect(problem(all)).toBe(all);
    expect(problem('!p.unit')).toBe('!p.unit');
  });
  it('have types that are inferred, and give one object for equal values', () => {
    const type = BoxType.get(context, { elem: context.f32, sizes: [1, 2] });
    const width: number = type.parameters.width;
    const order: 'row' | 'column' | undefined = type.parameters.order;
    const sizes: readonly number[] = type.parameters.sizes;
    expect([width, order, sizes]).toEqual([4, undefined, [1, 2]]);
    expect(parseType('!p.box<sizes = [1, 2], elem = f32>', context)).toBe(type);
    expect(BoxType.is(type)).toBe(true);
    expect(BoxType.is(context.f32 as Type)).toBe(false);
    // @ts-expect-error elem is required
    expect(() => BoxType.get(context, {})).toThrow(InternalError);
  });
  it.each([
    ['!p.box<width = 3>', "parse.custom-assembly: parameter 'elem' of 'p.box' is missing"],
    ['!p.box', "parse.custom-assembly: parameter 'elem' of 'p.box' is missing"],
    ['!p.box<elem = i32>', "parse.type-parameters: parameter 'elem' of 'p.box' must be floating-point, but got 'i32'"],
    ['!p.box<elem = f32, other = 1>', "parse.custom-assembly: 'p.box' has no parameter 'other'; it has elem, width"],
    ['!p.box<elem = f32, elem = f32>', "parse.custom-assembly: parameter 'elem' is given twice"],
    ['!p.box<elem = f32, order = up>', "parse.custom-assembly: expected one of row, column, got 'up'"],
    ['!p.box<elem = f32, width = 1, sizes = [2]>', "parse.type-parameters: sizes of '!p.box' go with a width"],
    [
      '#p.range<1 to 3 : i32>',
      "parse.attribute-parameters: parameter 'to' of 'p.range' must be an even integer, but got '3'",
    ],
    ['#p.range<1 3>', "parse.expected: expected 'to'"],
  ])('%s', (text, message) => {
    expect(problem(text)).toContain(message);
  });
  it('are verified where they are made, too', () => {
    expect(() => BoxType.get(context, { elem: context.i32 })).toThrow("must be floating-point, but got 'i32'");
    expect(() => RangeAttr.get(context, { from: 0, to: 1, of: context.i32 })).toThrow('must be an even integer');
  });
  it('follow a format', () => {
    for (const text of ['#p.range<1 to 4 : i32>', '#p.range<-1 to 4 by 2 : i32>', '!p.pair<i32, !p.pair<f32, i1>>'])
      expect(problem(text)).toBe(text);
    expect(RangeAttr.get(context, { from: 1, to: 4, of: context.i32 }).toString()).toBe('#p.range<1 to 4 : i32>');
  });
  it('stand inside of the brackets of the dialect where they have none of their own', () => {
    expect(problem('#p<parts[1: c = 3, b = 2]>')).toBe('#p<parts[1 : b = 2, c = 3]>');
  });
  it('need a format that has them all', () => {
    const bad = (assembly: string) => () =>
      defineType({
        name: 'p.bad',
        summary: '',
        parameters: { a: param.integer, b: param.optional(param.integer) },
        assembly,
      });
    expect(bad('`<` $a `>`')).toThrow("parameter 'b' is not in the format");
    expect(bad('$a $a')).toThrow("'a' is already bound");
    expect(bad('$a $c')).toThrow("'$c' is no parameter");
    expect(bad('(`x` $a^)? $b')).toThrow('only an optional parameter can be an anchor');
    expect(bad('$a ($b^)?')).toThrow('an optional group must begin with a literal');
    expect(bad('$a (`x` $b)?')).toThrow('optional group has no anchor');
    expect(bad('what')).toThrow("unknown element 'what'");
    expect(bad('struct(a)')).toThrow("expected a parameter, got 'a'");
  });
});

describe('enumerations', () => {
  it('are written in the brackets of the dialect, or their own', () => {
    expect(problem('#p<dim y>')).toBe('#p<dim y>');
    expect(problem('#p.dim<y>')).toBe('#p<dim y>');
    expect(problem('#p.mode<slow>')).toBe('#p.mode<slow>');
    expect(problem('#p<dim w>')).toContain("expected one of x, y, z, got 'w'");
    expect(() => Dim.get(context, 'w' as 'x')).toThrow("'w' is no case of 'p.dim'");
    expect(Dim.cases.indexOf('z')).toBe(2);
  });
  it('of bits are sets', () => {
    expect(problem('#p.flags<ninf|nnan>')).toBe('#p.flags<nnan|ninf>');
    expect(problem('#p.flags<nnan | fast>')).toBe('#p.flags<fast>');
    expect(problem('#p.flags<none>')).toBe('#p.flags<none>');
    expect(problem('#p.flags<nnan|what>')).toContain("expected one of nnan, ninf, nsz, got 'what'");
    expect(Flags.get(context, ['nsz', 'nnan'])).toBe(parseAttribute('#p.flags<nnan|nsz>', context));
  });
  it('are bare words in the assembly of ops', () => {
    const fresh = makeContext();
    const module = parse('p.use y flags(ninf|nnan) {z}\n"p.use"() {dim = #p<dim x>} : () -> ()', fresh);
    expect(module.toString()).toContain('p.use y flags(nnan|ninf) {z}');
    expect(module.toString()).toContain('p.use x\n');
    const op = UseOp.create(Builder.atEnd(fresh, module.region(0).entry), 0, { dim: 'z', flags: ['nsz'] });
    const dim: 'x' | 'y' | 'z' = UseOp.dim(op);
    expect([dim, UseOp.flags(op)]).toEqual(['z', ['nsz']]);
    expect((op.attr('dim') as DialectAttr<string>).parameters).toBe('z');
    expect(() => parse('p.use w', fresh)).toThrow("expected one of x, y, z, got 'w'");
  });
});

describe('constraints of constraints', () => {
  const i32 = context.i32;
  it('compose, and say so', () => {
    const wide = where(AnyInteger, 'integer of at least 32 bits', (t) => t instanceof IntegerType && t.width >= 32);
    const odd = allOf(wide, noneOf(where(AnyType, 'i64', (t) => t === context.i64)));
    expect([context.integer(8), i32, context.i64, context.f32].map((t) => odd.check(t))).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect(odd.description).toBe('integer of at least 32 bits and not i64');
  });
  it('are checked on ops, with their descriptions in the errors', () => {
    const text = (type: string, rest: string) =>
      verifyText(`%a = "x.a"() : () -> ${type}\n"p.check"(%a) {${rest}} : (${type}) -> ()`, makeContext()).map(
        (d) => d.message,
      );
    expect(text('f32', 'even = 4 : i64, any')).toEqual([]);
    expect(text('!p.box<elem = f32, width = 8>', 'even = 4 : i64, any = "s"')).toEqual([]);
    expect(text('!p.box<elem = f32>', 'even = 4 : i64')[0]).toContain(
      "operand #0 must be floating-point or !p.box of width 8, but got '!p.box<elem = f32>'",
    );
    expect(text('f32', 'even = 3 : i64')[0]).toContain('even 64-bit integer');
    expect(text('f32', 'even = 2 : i64, any = 5')[0]).toContain('string attribute or unit attribute');
  });
});
