import { arrayDialect } from '@budflow/dialect-array';
import { registerCoreDialects } from '@budflow/dialect-core';
import { Context, parseModule, verify } from '@budflow/ir';
import { describe, expect, it } from 'vitest';
import { printExpression } from '../host/expression.js';
import { sizeRequirements } from './requirements.js';

/** The requirements of the first function as text. */
function requirements(text: string): string[] {
  const context = new Context();
  registerCoreDialects(context);
  context.registerDialect(arrayDialect);
  const module = parseModule(text, context, { file: 'f.mlir' })!;
  expect(verify(module)).toBe(true);
  const slot = (i: number) => `s${i}`;
  return sizeRequirements(module.region(0).entry.firstOp!).map(
    ({ left, relation, right, leftName, rightName, reason }) =>
      `${printExpression(left, slot)} ${relation} ${printExpression(right, slot)} | ${leftName} | ${rightName} | ${reason}`,
  );
}

describe('sizeRequirements', () => {
  it('are none for static sizes', () => {
    expect(
      requirements(`func.func @main(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<4xf32> {
        %0 = array.add %x, %y : tensor<4xf32>
        return %0 : tensor<4xf32>
      }`),
    ).toEqual([]);
  });

  it('put nothing in the place of a size that is said in terms of itself', () => {
    const list = requirements(`func.func @main(%x: tensor<?x3xf32>) -> (tensor<3x?xf32>, tensor<3x?xf32>) {
        %z = array.constant dense<0.0> : tensor<f32>
        %a = array.reshape %x : tensor<?x3xf32> to tensor<3x?xf32>
        %n = array.dim %x, 0 : tensor<?x3xf32>
        %b = array.broadcast %z dims = [] sizes(%n) : tensor<f32> to tensor<3x?xf32>
        %c = array.add %a, %b : tensor<3x?xf32>
        %d = array.add %b, %b : tensor<3x?xf32>
        return %c, %d : tensor<3x?xf32>, tensor<3x?xf32>
      }`);
    expect(list.filter((r) => r.includes("'array.add'"))).toHaveLength(1);
  });

  it('say once that operands of elementwise ops have one shape', () => {
    expect(
      requirements(`func.func @main(%x: tensor<?x?xf32>, %y: tensor<?x?xf32>) -> tensor<?x?xf32> {
        %0 = array.add %x, %y : tensor<?x?xf32>
        %1 = array.mul %0, %y : tensor<?x?xf32>
        return %1 : tensor<?x?xf32>
      }`),
    ).toEqual([
      "s4 equal s1 | dimension 0 of argument 1 | dimension 0 of argument 0 | needed by 'array.add' at f.mlir:2:14",
      "s5 equal s2 | dimension 1 of argument 1 | dimension 1 of argument 0 | needed by 'array.add' at f.mlir:2:14",
    ]);
  });

  it('follow sizes through reductions, transpositions and products', () => {
    expect(
      requirements(`func.func @main(%a: tensor<?x?xf32>, %b: tensor<?x8xf32>, %v: tensor<?xf32>) -> tensor<?x8xf32> {
        %zero = array.constant dense<0.0> : tensor<f32>
        %p = array.dot_general %a, %b contract = [1] x [0] : tensor<?x?xf32>, tensor<?x8xf32> -> tensor<?x8xf32>
        %s = array.reduce add %p init %zero dims = [1] : tensor<?x8xf32>, tensor<f32> to tensor<?xf32>
        %t = array.add %s, %v : tensor<?xf32>
        %c = array.broadcast %t dims = [0] : tensor<?xf32> to tensor<?x8xf32>
        %r = array.mul %p, %c : tensor<?x8xf32>
        return %r : tensor<?x8xf32>
      }`).map((line) => line.split(' | ')[0]),
    ).toEqual(['s4 equal s2', 's6 equal s1']);
  });

  it('compare derived sizes', () => {
    expect(
      requirements(`func.func @main(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
        %p = array.pad %x low = [1] high = [2] value 0.0 : f32 : tensor<?xf32> to tensor<?xf32>
        %r = array.add %p, %y : tensor<?xf32>
        return %r : tensor<?xf32>
      }`),
    ).toEqual([
      "s3 equal (s1 + 3) | dimension 0 of argument 1 | dimension 0 of operand 0 | needed by 'array.add' at f.mlir:3:14",
    ]);
  });

  it('say how large a sliced dimension must be', () => {
    expect(
      requirements(`func.func @main(%x: tensor<?x?xf32>) -> tensor<3x?xf32> {
        %r = array.slice %x [1:7:2, 2:?:1] : tensor<?x?xf32> to tensor<3x?xf32>
        return %r : tensor<3x?xf32>
      }`).map((line) => line.split(' | ')[0]),
    ).toEqual(['s1 atLeast 7', 's2 atLeast 2']);
  });

  it('say when elements do not fill a shape', () => {
    expect(
      requirements(`func.func @main(%x: tensor<?xf32>) -> tensor<?x4xf32> {
        %r = array.reshape %x : tensor<?xf32> to tensor<?x4xf32>
        return %r : tensor<?x4xf32>
      }`),
    ).toEqual([
      "(s1 - Math.floor(s1 / 4) * 4) equal 0 | the number of elements modulo 4 |  | needed by 'array.reshape' at f.mlir:2:14",
    ]);
  });

  it('say that a reshape to a static shape needs its number of elements', () => {
    expect(
      requirements(`func.func @main(%x: tensor<?x2xf32>) -> tensor<8xf32> {
        %r = array.reshape %x : tensor<?x2xf32> to tensor<8xf32>
        return %r : tensor<8xf32>
      }`).map((line) => line.split(' | ')[0]),
    ).toEqual(['(s1 * 2) equal 8']);
  });

  it('hold for size arguments', () => {
    expect(
      requirements(`func.func @main(%n: index, %x: tensor<?xf32>) -> tensor<?xf32> {
        %f = array.full 1.0 : f32, tensor<?xf32> (%n)
        %r = array.add %f, %x : tensor<?xf32>
        return %r : tensor<?xf32>
      }`).map((line) => line.split(' | ')[0]),
    ).toEqual(['s0 atLeast 0', 's2 equal s0']);
  });
});
