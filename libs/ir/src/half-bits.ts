// Conversions between numbers and the bit patterns of f16 and bf16, for reading and printing constants.
export {
  bf16Bits as numberToBfloat,
  bf16FromBits as bfloatToNumber,
  f16Bits as numberToHalf,
  f16FromBits as halfToNumber,
} from '@budflow/numerics';
