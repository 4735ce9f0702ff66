import wasm from "./generated/core_bg.wasm";

/**
 * The module in hexadecimal digits, as which tsup and vitest load the file. (Its declaration is that of the module
 * itself.)
 */
const hex = wasm as unknown as string;

/** Native decoders: newer engines have `Uint8Array.fromHex`, Node before 25 has only its Buffer. */
interface HexDecoders {
  readonly Uint8Array: { readonly fromHex?: (text: string) => Uint8Array<ArrayBuffer> };
  readonly Buffer?: { readonly from?: (text: string, encoding: "hex") => Uint8Array<ArrayBuffer> };
}

/** The module's bytes. A native decoder is taken if there is one, because the loop takes 4 ms at the first use. */
export function coreBytes(): Uint8Array<ArrayBuffer> {
  const { Buffer, Uint8Array: Bytes } = globalThis as HexDecoders;
  if (Bytes.fromHex) return Bytes.fromHex(hex);
  if (Buffer?.from) return Buffer.from(hex, "hex");
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (digit(2 * i) << 4) | digit(2 * i + 1);
  return bytes;
}

/** The value, 0 to 15, of the digit with that index. */
function digit(index: number): number {
  const code = hex.charCodeAt(index);
  return code < 97 ? code - 48 : code - 87;
}
