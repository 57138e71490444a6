// Names of attributes that the core itself reads.
export const AttrNames = {
  symName: 'sym_name',
  symVisibility: 'sym_visibility',
  operandSegmentSizes: 'operandSegmentSizes',
  resultSegmentSizes: 'resultSegmentSizes',
} as const;
