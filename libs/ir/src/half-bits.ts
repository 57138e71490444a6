// Conversions between numbers and the bit patterns of f16 and bf16, for reading and printing constants.
export { bf16BitsToNumber as bfloatToNumber, f16BitsToNumber as halfToNumber, numberToBf16Bits as numberToBfloat, numberToF16Bits as numberToHalf } from '@budflow/numerics';
