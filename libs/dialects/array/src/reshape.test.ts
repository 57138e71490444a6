import { OpPattern, OpPatternKind, StructuredOp } from '@budflow/ir';
import { describe, expect, test } from 'vitest';
import { moduleFrom, opsNamed } from './testing/harness.js';

/** The operand map of a reshape as text, and how it fuses. */
function map(from: string, to: string, before = '', sizes = ''): { map: string; pattern: number } {
  const module = moduleFrom(
    `func.func @f(%x: tensor<${from}xf32>, %n: index) {\n${before}\n%r = array.reshape %x${sizes} : tensor<${from}xf32> to tensor<${to}xf32>\nreturn\n}`.replaceAll(
      '<xf32>',
      '<f32>',
    ),
  );
  const op = opsNamed(module, 'array.reshape')[0]!;
  return { map: String(StructuredOp.of(op)!.indexingMaps(op)[0]?.body()), pattern: OpPattern.of(op)!.pattern(op) };
}

describe('indexing maps of reshapes', () => {
  const cases: [string, string, string][] = [
    ['4x8', '32', '(d0) -> (d0 floordiv 8, d0 mod 8)'],
    ['32', '4x8', '(d0, d1) -> (d0 * 8 + d1)'],
    ['4x8', '4x1x8', '(d0, d1, d2) -> (d0, d2)'],
    ['4x1x8', '4x8', '(d0, d1) -> (d0, 0, d1)'],
    ['1x4', '1x4x1', '(d0, d1, d2) -> (d0, d1)'],
    ['4x6', '6x4', '(d0, d1) -> ((d0 * 4 + d1) floordiv 6, (d0 * 4 + d1) mod 6)'],
    ['2x3x4x5', '6x20', '(d0, d1) -> (d0 floordiv 3, d0 mod 3, d1 floordiv 5, d1 mod 5)'],
    ['?x4x8', '?x32', '(d0, d1) -> (d0, d1 floordiv 8, d1 mod 8)'],
    ['4x?', '4x?x1', '(d0, d1, d2) -> (d0, d1)'],
    ['?x8', '?', '(d0) -> (d0 floordiv 8, d0 mod 8)'],
    ['?', '?x8', '(d0, d1) -> (d0 * 8 + d1)'],
    ['1', '', '() -> (0)'],
    ['0x4', '4x0', '(d0, d1) -> (0, 0)'],
  ];
  for (const [from, to, expected] of cases) {
    test(`${from || 'scalar'} to ${to || 'scalar'}`, () => {
      expect(map(from, to)).toEqual({ map: expected, pattern: OpPatternKind.injective });
    });
  }

  test('of several dynamic dimensions follow the sizes that array.dim gives', () => {
    const dims = '%0 = array.dim %x, 0 : tensor<?x?xf32>\n%1 = array.dim %x, 1 : tensor<?x?xf32>';
    expect(map('?x?', '?x1x?', dims, ' sizes(%0, %1)').map).toBe('(d0, d1, d2) -> (d0, d2)');
  });

  test('do not exist where a dynamic size would be a factor', () => {
    expect(map('4x?', '?')).toEqual({ map: 'undefined', pattern: OpPatternKind.opaque });
    expect(map('?x?', '?x?', '', ' sizes(%n, %n)')).toEqual({ map: 'undefined', pattern: OpPatternKind.opaque });
  });
});
