import { defineOp } from '@budflow/ir';
import { expect, test } from 'vitest';
import { ConversionTarget, TypeConverter } from './index.js';
import { makeContext, narrowing, newOp, parse } from './testing/modules.js';

const context = makeContext();
const module = parse('%0 = "a.x"() : () -> i32', context);
const op = (name: string) => newOp(module, name, [], []);

test('rules for an op go before those of its dialect, later ones replace earlier ones', () => {
  const Defined = defineOp({ name: 'a.defined', summary: 'for the test' });
  const target = new ConversionTarget().illegalDialect('a').legalOp('a.fine', Defined).legalDialect('b', 'c');
  expect(target.check(op('a.fine'))).toBe(true);
  expect(target.check(op('a.defined'))).toBe(true);
  expect(target.check(op('a.other'))).toBe("the target declares 'a.other' illegal");
  expect(target.check(op('c.other'))).toBe(true);
  expect(target.check(op('d.other'))).toBe(undefined);
  target.illegalOp('a.fine').illegalOp('b.x');
  expect(target.isLegal(op('a.fine'))).toBe(false);
  expect(target.isLegal(op('b.x'))).toBe(false);
  expect(target.legality(op('d.other'))).toBe("nothing says that 'd.other' is legal here");
});

test('a predicate without an opinion leaves the answer to the rule given before', () => {
  const target = new ConversionTarget()
    .legalOp('a.x')
    .dynamicallyLegalOp(['a.x', 'a.y'], (o) => (o.attr('bad') ? 'it is bad' : undefined))
    .dynamicallyLegalDialect('b', () => 'not today');
  expect(target.check(op('a.x'))).toBe(true);
  expect(target.check(op('a.y'))).toBe(undefined);
  const bad = op('a.x');
  bad.setAttr('bad', context.unitAttr);
  expect(target.check(bad)).toBe('it is bad');
  expect(target.check(op('b.z'))).toBe('not today');
});

test('a policy covers the ops nothing else is said about', () => {
  const target = new ConversionTarget().legalDialect('b');
  expect(target.unknownOps('illegal').check(op('a.x'))).toBe("the target declares 'a.x' illegal");
  expect(target.unknownOps('legal').check(op('a.x'))).toBe(true);
  expect(target.unknownOps((o) => `no ${o.name}`).check(op('a.x'))).toBe('no a.x');
  expect(target.check(op('b.x'))).toBe(true);
});

test('only legal ops are recursively legal, and only where the condition holds', () => {
  const target = new ConversionTarget()
    .legalOp('a.x')
    .recursivelyLegal(['a.x', 'a.y'], (o) => o.attr('open') === undefined);
  expect(target.isRecursivelyLegal(op('a.x'))).toBe(true);
  expect(target.isRecursivelyLegal(op('a.y'))).toBe(false);
  const open = op('a.x');
  open.setAttr('open', context.unitAttr);
  expect(target.isRecursivelyLegal(open)).toBe(false);
});

test('conversions are asked last added first, once for each type', () => {
  let asked = 0;
  const converter = narrowing(context).addConversion((type) => {
    asked++;
    return type === context.i8 ? context.i16 : undefined;
  });
  expect(converter.convertOne(context.i8)).toBe(context.i16);
  expect(converter.convert(context.i64)).toEqual([context.i32, context.i32]);
  expect(converter.convertOne(context.i64)).toBe(null);
  expect(converter.convert(context.i64)?.length).toBe(2);
  expect(asked).toBe(2);
  const tensor = context.tensor([4], context.f32);
  expect(converter.convert(tensor)).toBe(null);
  expect(converter.reason(tensor)).toBe('tensors are not supported');
  expect(converter.reason(context.i8)).toBe(undefined);
  expect(converter.convertAll([context.i64, context.none, context.f64])).toEqual([
    context.i32,
    context.i32,
    context.f32,
  ]);
  expect(converter.convertAll([context.i64, tensor])).toBe(null);
  expect(converter.convertSignature([tensor])).toBe(null);
  expect(new TypeConverter().reason(context.i8)).toBe('no conversion of type i8 was given');
});

test('legality by types names the place, the type and what becomes of it', () => {
  const converter = narrowing(context);
  const { i64, i32, f64, none } = context;
  const tensor = context.tensor([4], context.f32);
  expect(converter.legality(newOp(module, 'a.x', [], [i32]))).toBe(true);
  expect(converter.legality(newOp(module, 'a.x', [], [i32, i64]))).toBe(
    'result 1 has type i64, which becomes i32, i32',
  );
  const user = newOp(module, 'a.x', newOp(module, 'a.x', [], [none]).results, []);
  expect(converter.legality(user)).toBe('operand 0 has type none, which becomes nothing');
  expect(converter.functionLegality(context.functionType([i32], [f64]))).toBe(
    'result 0 has type f64, which becomes f32',
  );
  expect(converter.functionLegality(context.functionType([tensor], []))).toBe(
    'input 0 has type tensor<4xf32>, which cannot be converted: tensors are not supported',
  );
  expect(converter.functionLegality(context.functionType([i32], []))).toBe(true);
  expect(converter.convertFunction(context.functionType([i64], [none]), module)).toBe(
    context.functionType([i32, i32], []),
  );
  expect(converter.convertFunction(context.functionType([tensor], []), module)).toBe(null);
  const region = newOp(module, 'a.x', [], []).appendRegion();
  const block = region.append();
  block.addArgument(i32);
  expect(converter.regionLegality(region)).toBe(true);
  expect(converter.isLegalBlock(block)).toBe(true);
  block.addArgument(f64);
  expect(converter.regionLegality(region)).toBe('argument 1 of block 0 has type f64, which becomes f32');
  expect(converter.isLegalBlock(block)).toBe(false);
});
