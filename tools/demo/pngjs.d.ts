// The one part of pngjs that the examples use; the package carries no types of its own.
declare module 'pngjs' {
  export const PNG: {
    sync: {
      read(bytes: Uint8Array): { width: number; height: number; data: Uint8Array };
      write(
        image: { width: number; height: number; data: Uint8Array },
        options: { colorType: number; inputColorType: number; inputHasAlpha: boolean },
      ): Uint8Array;
    };
  };
}
