// What the encoder throws: a mistake of its caller (an import after a function, an unbalanced block, a lane out of
// range). Never the fault of a program that is being compiled.

/** Thrown when the builders are used in an order or with a value that has no encoding. */
export class EncoderError extends Error {
  override readonly name = 'EncoderError';
}
