// Texts for the reference, each of which shows several ops of the dialect at work.

export const CMATH_EXAMPLE = `irdl.dialect @cmath {
  irdl.type @complex {
    %0 = irdl.is f32
    %1 = irdl.is f64
    %2 = irdl.any_of(%0, %1)
    irdl.parameters(elem: %2)
  }
  irdl.operation @norm {
    %0 = irdl.any
    %1 = irdl.parametric @complex<%0>
    irdl.operands(value: %1)
    irdl.results(norm: %0)
  }
}`;

export const ATTRIBUTES_EXAMPLE = `irdl.dialect @example {
  irdl.attribute @mode {
    %0 = irdl.is "fast"
    %1 = irdl.is "slow"
    %2 = irdl.any_of(%0, %1)
    irdl.parameters(kind: %2)
  }
  irdl.operation @run {
    %0 = irdl.base @mode
    %1 = irdl.base "#builtin.integer"
    %2 = irdl.c_pred "isPositive($_self)"
    %3 = irdl.all_of(%1, %2)
    irdl.attributes {
      "mode" = %0,
      "count" = %3
    }
  }
}`;

export const REGIONS_EXAMPLE = `irdl.dialect @example {
  irdl.operation @loop {
    %0 = irdl.is index
    %1 = irdl.region(%0) with size 1
    %2 = irdl.region
    irdl.operands(from: %0, to: %0, step: optional %0, carried: variadic %0)
    irdl.regions(body: %1, epilogue: %2)
  }
}`;
