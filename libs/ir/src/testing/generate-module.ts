// Large modules for timing and for fuzzing: many op kinds, types and constants, in the generic form.

/** The generator `mulberry32`: the same numbers on every machine. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const TYPES = [
  'i32',
  'f32',
  'index',
  'tensor<4x8xf32>',
  'tensor<?x16xf32>',
  'vector<8xf32>',
  'i64',
  'memref<64xf32>',
] as const;

/** Text of about `ops` operations in functions of 1,000 each, of `kinds` op kinds with one or two operands. */
export function generateModule(ops: number, options: { kinds?: number; seed?: number } = {}): string {
  const kinds = options.kinds ?? 64;
  const next = random(options.seed ?? 1);
  const lines: string[] = ['"builtin.module"() ({'];
  for (let done = 0, f = 0; done < ops; f++) {
    lines.push('  "test.func"() ({', '  ^bb0(%arg0: i32, %arg1: f32):');
    // Values made so far, by type.
    const values: string[][] = TYPES.map(() => []);
    values[0]!.push('%arg0');
    values[1]!.push('%arg1');
    const n = Math.min(1000, ops - done);
    for (let i = 0; i < n; i++) {
      const t = next(TYPES.length);
      const type = TYPES[t]!;
      const known = values[t]!;
      if (known.length < 2 || next(8) === 0)
        lines.push(`    %${i} = "test.constant${next(kinds >> 2)}"() {value = ${next(1000)} : i32} : () -> ${type}`);
      else {
        const a = known[Math.max(0, known.length - 1 - next(16))]!;
        const b = known[next(known.length)]!;
        const kind = next(kinds);
        if (kind % 5 === 0) lines.push(`    %${i} = "test.op${kind}"(${a}) : (${type}) -> ${type}`);
        else if (kind % 11 === 0)
          lines.push(`    %${i} = "test.op${kind}"(${a}, ${b}) {fast, mode = "near"} : (${type}, ${type}) -> ${type}`);
        else lines.push(`    %${i} = "test.op${kind}"(${a}, ${b}) : (${type}, ${type}) -> ${type}`);
      }
      known.push(`%${i}`);
    }
    lines.push('    "test.return"() : () -> ()', `  }) {sym_name = "f${f}"} : () -> ()`);
    done += n;
  }
  lines.push('}) : () -> ()', '');
  return lines.join('\n');
}
