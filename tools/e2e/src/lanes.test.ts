// Vectors of every element type: exact for every count around their widths, and as wide as declared.
import { compile } from 'budflow';
import { describe, expect, test } from 'vitest';
import { tensor } from './arguments.js';
import { callCompiled, difference, interpretProgram, PLAIN, RELAXED } from './differential.js';

/** Lanes of a loop of one element type: four registers. */
const LANES = { f32: 16, f64: 8, i32: 16, i64: 8, i16: 32, i8: 64, ui8: 64, i1: 64 } as const;

function programOf(element: keyof typeof LANES): string {
  const t = `tensor<?x${element}>`;
  const [first, second] = element === 'i1' ? ['xor', 'or'] : ['mul', 'add'];
  return `func.func @main(%x: ${t}, %y: ${t}) -> (${t}) {
  %0 = array.${first} %x, %y : ${t}
  %1 = array.${second} %0, %x : ${t}
  return %1 : ${t}
}`;
}

describe.each(Object.keys(LANES) as (keyof typeof LANES)[])('%s', (element) => {
  const text = programOf(element);

  test.each([RELAXED, PLAIN])('n = 0 to 67 on %s', (target) => {
    const configuration = { target, numerics: 'default', level: 3 } as const;
    const module = compile(text, configuration);
    for (let n = 0; n <= 67; n++) {
      const args = [tensor(element, [n], n), tensor(element, [n], n + 100)];
      const expected = interpretProgram(text, args, configuration);
      expect(difference(expected, callCompiled(module, args)), `n = ${n}`).toBeUndefined();
    }
    module.dispose();
  });

  test(`the scheduled loops have ${LANES[element]} lanes`, () => {
    const stages = new Map<string, string>();
    compile(text, { target: PLAIN, dump: (stage, ir) => void stages.set(stage, ir) }).dispose();
    const signless = element.replace('ui', 'i');
    const scheduled = stages.get('default-schedule')!;
    expect(scheduled).toContain(`simd.load`);
    const widths = new Set([...scheduled.matchAll(/vector<(\d+)x(\w+)>/g)].map((m) => m[0]));
    expect([...widths]).toEqual([`vector<${LANES[element]}x${signless}>`]);
    const legal = [...stages.get('legalize-vectors')!.matchAll(/vector<(\d+)x(\w+)>/g)].map((m) => m[0]);
    expect(new Set(legal)).toEqual(new Set([`vector<${element === 'i1' ? 16 : LANES[element] / 4}x${signless}>`]));
  });
});
