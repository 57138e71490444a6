// Operands and regions that the cases of invalid ops share.
/** Id of the diagnostic, parameters of a function, its body, and a part of the message. */
export type Case = readonly [id: string, parameters: string, body: string, message: string];

export const add = (type = 'f32') => `({
^bb0(%a: tensor<${type}>, %b: tensor<${type}>):
  %s = stablehlo.add %a, %b : tensor<${type}>
  stablehlo.return %s : tensor<${type}>
})`;
export const X = '%x: tensor<4xf32>';
export const XY = '%x: tensor<4x8xf32>, %y: tensor<4x8xf32>';
export const XZ = '%x: tensor<4x8xf32>, %z: tensor<f32>';
export const T = 'tensor<4x8xf32>';
