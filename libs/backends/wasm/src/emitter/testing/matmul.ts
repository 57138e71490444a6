// A matrix product C = A * B with B packed in panels of 8 columns: the micro-kernel as scheduling makes it.

/** `m` divisible by `rows`, `n` by 8; packed B is [n / 8][k][8]. One chunk is `rows` rows. `multiplyAdd` builds acc + a * b. */
export function matmulText(
  multiplyAdd: 'relaxed' | 'separate',
  sizes: { m: string; n: string; k: string; panels: string },
  rows = 4,
): string {
  const ROWS = Array.from({ length: rows }, (_, row) => row);
  const accumulators = ROWS.flatMap((r) => [`%acc${r}0`, `%acc${r}1`]);
  const madd = (r: number, h: number): string =>
    multiplyAdd === 'relaxed'
      ? `%n${r}${h} = math.fma %a${r}, %b${h}, %acc${r}${h} {relaxed} : vector<4xf32>`
      : `%p${r}${h} = arith.mulf %a${r}, %b${h} : vector<4xf32>\n        %n${r}${h} = arith.addf %p${r}${h}, %acc${r}${h} : vector<4xf32>`;
  const { m, n, k, panels } = sizes;
  const A = `memref<${m}x${k}xf32>`;
  const B = `memref<${panels}x${k}x8xf32>`;
  const C = `memref<${m}x${n}xf32>`;
  return `
func.func @k(%A: ${A}, %B: ${B}, %C: ${C}, %begin: index, %end: index) -> index {
  %zero = arith.constant dense<0.0> : vector<4xf32>
  %K = memory.dim %A, 1 : ${A}
  %P = memory.dim %B, 0 : ${B}
  loop.for %i = %begin to %end name "mm.d0.o" {
    loop.for %j = 0 to %P name "mm.d1.o" {
${ROWS.map((r) => `      %row${r} = loop.apply affine_map<(d0) -> (d0 * ${rows} + ${r})>(%i)`).join('\n')}
      %col0 = loop.apply affine_map<(d0) -> (d0 * 8)>(%j)
      %col1 = loop.apply affine_map<(d0) -> (d0 * 8 + 4)>(%j)
      %r:${2 * rows} = loop.for %kk = 0 to %K iter_args(${accumulators.map((a) => `${a} = %zero`).join(', ')}) -> (${accumulators.map(() => 'vector<4xf32>').join(', ')}) name "mm.r0" {
        %c0 = arith.constant 0 : index
        %c4 = arith.constant 4 : index
${ROWS.map((r) => `        %s${r} = memory.load %A[%row${r}, %kk] : ${A}\n        %a${r} = simd.splat %s${r} : vector<4xf32>`).join('\n')}
        %b0 = simd.load %B[%j, %kk, %c0] : ${B}, vector<4xf32>
        %b1 = simd.load %B[%j, %kk, %c4] : ${B}, vector<4xf32>
${ROWS.flatMap((r) => [0, 1].map((h) => `        ${madd(r, h)}`)).join('\n')}
        loop.yield ${ROWS.flatMap((r) => [`%n${r}0`, `%n${r}1`]).join(', ')} : ${accumulators.map(() => 'vector<4xf32>').join(', ')}
      }
${ROWS.flatMap((r) => [0, 1].map((h) => `      simd.store %r#${r * 2 + h}, %C[%row${r}, %col${h}] : ${C}, vector<4xf32>`)).join('\n')}
    }
  }
  return %end : index
}`;
}
