// Which ops may run where they would not have run, and which may be erased.
import { isMemoryEffectFree, isSpeculatable, type Operation, Pure } from '@budflow/ir';
import { expect, it } from 'vitest';
import { parse } from './testing/text.js';

function opsOf(body: string): Map<string, Operation> {
  const ops = new Map<string, Operation>();
  parse(`func.func @f(%x: i32, %y: i32, %f: f32) {\n${body}\nreturn\n}`).walk((op) => {
    if (op.resultCount === 1 && op.name !== 'arith.constant') ops.set(op.name, op);
  });
  return ops;
}

const NEEDING_PROOF = [
  'divsi',
  'divui',
  'ceildivsi',
  'ceildivui',
  'floordivsi',
  'remsi',
  'remui',
  'shli',
  'shrsi',
  'shrui',
];

it('ops that are undefined for some operands are speculatable only with a harmless constant', () => {
  const variable = opsOf(NEEDING_PROOF.map((n, i) => `%r${i} = arith.${n} %x, %y : i32`).join('\n'));
  const withConstant = (value: number) =>
    opsOf(
      `%k = arith.constant ${value} : i32\n${NEEDING_PROOF.map((n, i) => `%r${i} = arith.${n} %x, %k : i32`).join('\n')}`,
    );
  const [three, zero, minusOne] = [withConstant(3), withConstant(0), withConstant(-1)];
  for (const name of NEEDING_PROOF) {
    const op = `arith.${name}`;
    const shift = name.startsWith('sh');
    expect(isSpeculatable(variable.get(op)!), op).toBe(false);
    expect(isSpeculatable(three.get(op)!), `${op} by 3`).toBe(true);
    expect(isSpeculatable(zero.get(op)!), `${op} by 0`).toBe(shift);
    expect(isSpeculatable(minusOne.get(op)!), `${op} by -1`).toBe(!shift && name.includes('u'));
    expect(isMemoryEffectFree(variable.get(op)!), `${op} may be erased`).toBe(true);
    expect(variable.get(op)!.info.hasTrait(Pure), `${op} is Pure`).toBe(shift);
  }
});

it('conversions out of range and negative powers are not speculatable, other ops are', () => {
  const ops = opsOf(`%0 = arith.fptosi %f : f32 to i32
%1 = arith.fptoui %f : f32 to i8
%2 = math.ipowi %x, %y : i32
%3 = arith.addi %x, %y : i32
%4 = math.exp %f : f32`);
  const answers = [...ops].map(([name, op]) => [name, isSpeculatable(op), isMemoryEffectFree(op)]);
  expect(answers).toEqual([
    ['arith.fptosi', false, true],
    ['arith.fptoui', false, true],
    ['math.ipowi', false, true],
    ['arith.addi', true, true],
    ['math.exp', true, true],
  ]);
  const squared = opsOf('%k = arith.constant 2 : i32\n%2 = math.ipowi %x, %k : i32');
  expect(isSpeculatable(squared.get('math.ipowi')!)).toBe(true);
});
