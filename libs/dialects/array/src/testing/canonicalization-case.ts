// What cases of canonicalization are written with.

/** [name, parameters, lines, result type, what stays (beginnings of lines)] */
export type CanonicalizationCase = readonly [string, string, string, string, readonly string[]];

export const v = '%x: tensor<4xf32>';
export const i = '%x: tensor<4xi32>';
export const t = 'tensor<4xf32>';
export const ti = 'tensor<4xi32>';
export const c = (name: string, value: string, type: string): string =>
  `%${name} = array.constant dense<${value}> : ${type}`;
export const unchanged: readonly string[] = ['return %arg0'];
