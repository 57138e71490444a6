// Enumerations of StableHLO: `#stablehlo<comparison_direction LT>` as attributes, the bare word in the assembly of ops.
import { defineEnum } from '@budflow/ir';

export const ComparisonDirection = defineEnum({
  name: 'stablehlo.comparison_direction',
  summary: 'Which relation a comparison asks for',
  cases: ['EQ', 'NE', 'GE', 'GT', 'LE', 'LT'],
});
export const ComparisonType = defineEnum({
  name: 'stablehlo.comparison_type',
  summary: 'How a comparison orders its operands',
  cases: ['NOTYPE', 'FLOAT', 'TOTALORDER', 'SIGNED', 'UNSIGNED', 'WEAKORDER'],
});
export const Precision = defineEnum({
  name: 'stablehlo.precision',
  summary: 'How exact a product of an operand must be',
  cases: ['DEFAULT', 'HIGH', 'HIGHEST'],
});
export const FftKind = defineEnum({
  name: 'stablehlo.fft_type',
  summary: 'Kind of a Fourier transform: of complex numbers, its inverse, of real numbers, its inverse',
  cases: ['FFT', 'IFFT', 'RFFT', 'IRFFT'],
});
export const Transpose = defineEnum({
  name: 'stablehlo.transpose',
  summary: 'What a triangular matrix is multiplied as',
  cases: ['TRANSPOSE_INVALID', 'NO_TRANSPOSE', 'TRANSPOSE', 'ADJOINT'],
});
export const RngDistribution = defineEnum({
  name: 'stablehlo.rng_distribution',
  summary: 'Distribution of random numbers',
  cases: ['UNIFORM', 'NORMAL'],
});
export const RngAlgorithm = defineEnum({
  name: 'stablehlo.rng_algorithm',
  summary: 'Algorithm of a random number generator',
  cases: ['DEFAULT', 'THREE_FRY', 'PHILOX'],
});
export const ResultAccuracyMode = defineEnum({
  name: 'stablehlo.result_accuracy_mode',
  summary: 'Whether a function is as accurate as usual, as possible, or within a tolerance',
  cases: ['DEFAULT', 'HIGHEST', 'TOLERANCE'],
  brackets: true,
});
/** How a custom call gets its operands, by number. */
export const CUSTOM_CALL_API_VERSIONS = [
  'API_VERSION_UNSPECIFIED',
  'API_VERSION_ORIGINAL',
  'API_VERSION_STATUS_RETURNING',
  'API_VERSION_STATUS_RETURNING_UNIFIED',
  'API_VERSION_TYPED_FFI',
] as const;
export type CustomCallApiVersion = (typeof CUSTOM_CALL_API_VERSIONS)[number];
