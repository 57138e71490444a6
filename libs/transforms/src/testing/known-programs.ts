// Array programs that fusion is judged by.

/** Softmax over the last dimension of an n x m tensor. */
export function softmaxProgram(n: number | '?', m: number | '?'): string {
  const [full, row] = [`tensor<${n}x${m}xf32>`, `tensor<${n}xf32>`];
  const sizes = m === '?' ? ' sizes(%m)' : '';
  return `func.func @main(%x: ${full}) -> ${full} {
  %low = array.constant dense<0xFF800000> : tensor<f32>
  %zero = array.constant dense<0.0> : tensor<f32>
${m === '?' ? `  %m = array.dim %x, 1 : ${full}\n` : ''}  %max = array.reduce max %x init %low dims = [1] : ${full}, tensor<f32> to ${row}
  %maxb = array.broadcast %max dims = [0]${sizes} : ${row} to ${full}
  %d = array.sub %x, %maxb : ${full}
  %e = array.exp %d : ${full}
  %sum = array.reduce add %e init %zero dims = [1] : ${full}, tensor<f32> to ${row}
  %sumb = array.broadcast %sum dims = [0]${sizes} : ${row} to ${full}
  %r = array.div %e, %sumb : ${full}
  return %r : ${full}
}`;
}

/** Layer normalisation with scale and shift over the last dimension of an n x m tensor. */
export function layerNormProgram(n: number, m: number): string {
  const [full, row] = [`tensor<${n}x${m}xf32>`, `tensor<${n}xf32>`];
  return `func.func @main(%x: ${full}, %g: tensor<${m}xf32>, %b: tensor<${m}xf32>) -> ${full} {
  %zero = array.constant dense<0.0> : tensor<f32>
  %n = array.constant dense<${m}.0> : ${row}
  %eps = array.constant dense<1.0e-5> : ${row}
  %s = array.reduce add %x init %zero dims = [1] : ${full}, tensor<f32> to ${row}
  %mean = array.div %s, %n : ${row}
  %meanb = array.broadcast %mean dims = [0] : ${row} to ${full}
  %c = array.sub %x, %meanb : ${full}
  %sq = array.mul %c, %c : ${full}
  %ss = array.reduce add %sq init %zero dims = [1] : ${full}, tensor<f32> to ${row}
  %var = array.div %ss, %n : ${row}
  %ve = array.add %var, %eps : ${row}
  %r = array.rsqrt %ve : ${row}
  %rb = array.broadcast %r dims = [0] : ${row} to ${full}
  %y = array.mul %c, %rb : ${full}
  %gb = array.broadcast %g dims = [1] : tensor<${m}xf32> to ${full}
  %bb = array.broadcast %b dims = [1] : tensor<${m}xf32> to ${full}
  %yg = array.mul %y, %gb : ${full}
  %o = array.add %yg, %bb : ${full}
  return %o : ${full}
}`;
}

/** A box filter of `taps` x `taps` as two passes over an n x n tensor, columns first. */
export function separableBlurProgram(n: number, taps: number): string {
  const m = n - taps + 1;
  const [input, half, output] = [`tensor<${n}x${n}xf32>`, `tensor<${m}x${n}xf32>`, `tensor<${m}x${m}xf32>`];
  const pass = (p: string, from: string, fromType: string, type: string, range: (i: number) => string) => {
    const lines: string[] = [];
    for (let i = 0; i < taps; i++) {
      lines.push(`  %${p}${i} = array.slice ${from} [${range(i)}] : ${fromType} to ${type}`);
      lines.push(`  %${p}w${i} = array.mul %${p}${i}, %${p}k : ${type}`);
      if (i === 1) lines.push(`  %${p}s1 = array.add %${p}w0, %${p}w1 : ${type}`);
      if (i > 1) lines.push(`  %${p}s${i} = array.add %${p}s${i - 1}, %${p}w${i} : ${type}`);
    }
    return lines.join('\n');
  };
  return `func.func @main(%x: ${input}) -> ${output} {
  %ck = array.constant dense<0.2> : ${half}
  %rk = array.constant dense<0.2> : ${output}
${pass('c', '%x', input, half, (i) => `${i}:${i + m}:1, 0:${n}:1`)}
${pass('r', `%cs${taps - 1}`, half, output, (i) => `0:${m}:1, ${i}:${i + m}:1`)}
  return %rs${taps - 1} : ${output}
}`;
}
