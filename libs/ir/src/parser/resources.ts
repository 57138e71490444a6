// File metadata: `{-# dialect_resources: { builtin: { key: "0x..." } }, external_resources: { ... } #-}`.
import type { ResourceBlob } from '../context.js';
import { C_START, CLASS } from './lexer.js';
import { OpParser } from './op-parser.js';

/** A value under `external_resources`: a blob's hexadecimal string stays a string. */
export type ExternalResource = string | boolean;

export class ResourceParser extends OpParser {
  get atMetadata(): boolean {
    const { bytes, pos } = this;
    return bytes[pos] === 0x7b && bytes[pos + 1] === 0x2d && bytes[pos + 2] === 0x23;
  }

  /** Stands at `{-#`. Blobs go to `context.resources`. */
  metadata(): void {
    const open = this.pos;
    this.advance(3);
    while (!this.acceptMetadataEnd()) {
      const at = this.pos;
      const section = this.bare("the name of a metadata section or '#-}'");
      this.expect(0x3a, "':' after the name of a metadata section");
      if (section === 'dialect_resources') this.dictionaryOf((dialect) => this.dialectResources(dialect));
      else if (section === 'external_resources') this.dictionaryOf((owner) => this.externalOf(owner));
      else
        this.fail(
          'parse.metadata',
          `unknown metadata section '${section}'; expected dialect_resources or external_resources`,
          at,
        );
      // mlir-opt 16 leaves the comma between two sections out.
      if (this.accept(0x2c) || CLASS[this.bytes[this.pos]!]! & C_START) continue;
      if (this.acceptMetadataEnd()) return;
      this.failWithNote(
        'parse.metadata',
        `expected ',' or '#-}' in the file metadata, got ${this.describe()}`,
        this.pos,
        "to match this '{-#'",
        this.base + open,
      );
    }
  }
  private acceptMetadataEnd(): boolean {
    const { bytes, pos } = this;
    if (bytes[pos] !== 0x23 || bytes[pos + 1] !== 0x2d || bytes[pos + 2] !== 0x7d) return false;
    this.advance(3);
    return true;
  }

  /** `{ name: ..., "name": ... }` */
  private dictionaryOf(entry: (name: string) => void): void {
    const open = this.pos;
    this.expect(0x7b, "'{' in the file metadata");
    if (this.bytes[this.pos] !== 0x7d) {
      do {
        const name = this.optionalQuoted() ?? this.bare('a name in the file metadata');
        this.expect(0x3a, `':' after '${name}'`);
        entry(name);
      } while (this.accept(0x2c));
    }
    this.expectClose(0x7d, "'}' in the file metadata", open);
  }

  private dialectResources(dialect: string): void {
    this.dictionaryOf((key) => {
      let blobs = this.context.resources.get(dialect);
      if (!blobs) {
        blobs = new Map<string, ResourceBlob>();
        this.context.resources.set(dialect, blobs);
      }
      blobs.set(key, this.blob(key));
    });
  }
  /** Four bytes of alignment, least significant first, then the data. */
  private blob(key: string): ResourceBlob {
    const at = this.pos;
    if (!this.atString) this.failExpected(`the hexadecimal string of resource '${key}'`);
    const stop = this.stringEnd(at);
    const raw = this.hexBytes(at, stop);
    if (raw.length < 4)
      this.fail('parse.metadata', `the blob of resource '${key}' must begin with four bytes of alignment`, at);
    const alignment = new DataView(raw.buffer, raw.byteOffset).getUint32(0, true);
    if (alignment === 0 || (alignment & (alignment - 1)) !== 0)
      this.fail('parse.metadata', `the alignment of resource '${key}' must be a power of two, got ${alignment}`, at);
    this.pos = stop;
    this.skip();
    return { alignment, bytes: raw.slice(4) };
  }

  private externalOf(owner: string): void {
    const values = new Map<string, ExternalResource>();
    this.context.externalResources.set(owner, values);
    this.dictionaryOf((key) => {
      if (this.atString) values.set(key, this.quoted());
      else if (this.acceptWord('true')) values.set(key, true);
      else if (this.acceptWord('false')) values.set(key, false);
      else this.failExpected(`a string, true or false for resource '${key}'`);
    });
  }
}
