// What FileCheck can be told.

export interface FileCheckOptions {
  /** Default CHECK. */
  readonly prefixes: readonly string[];
  /** Whether prefixes were given, rather than the default one. */
  readonly explicitPrefixes: boolean;
  /** Default COM and RUN: what follows them on a line is no check. */
  readonly commentPrefixes: readonly string[];
  /** Blanks count one by one. */
  readonly strictWhitespace: boolean;
  readonly matchFullLines: boolean;
  readonly ignoreCase: boolean;
  /** Patterns that may stand nowhere between matches. */
  readonly implicitCheckNot: readonly string[];
  /** Variables without `$` end at the next label. */
  readonly enableVarScope: boolean;
  readonly allowEmpty: boolean;
  /** A prefix without any check in the file is an error otherwise. */
  readonly allowUnusedPrefixes: boolean;
  /** `NAME=text`, or `#NAME=number`. */
  readonly defines: readonly string[];
}

export const DEFAULT_OPTIONS: FileCheckOptions = {
  prefixes: ['CHECK'],
  explicitPrefixes: false,
  commentPrefixes: ['COM', 'RUN'],
  strictWhitespace: false,
  matchFullLines: false,
  ignoreCase: false,
  implicitCheckNot: [],
  enableVarScope: false,
  allowEmpty: false,
  allowUnusedPrefixes: false,
  defines: [],
};

/** The text as it is compared: without carriage returns, and unless blanks count each run of them as one space. */
export function canonicalText(text: string, { strictWhitespace }: FileCheckOptions): string {
  const lines = text.replaceAll('\r\n', '\n');
  return strictWhitespace ? lines : lines.replace(/[ \t]+/g, ' ');
}
