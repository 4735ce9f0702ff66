import wasm from "./generated/core_bg.wasm";

/** tsup and vitest load the file as hexadecimal digits; wasm-bindgen's declaration beside it describes the module. */
const hex = wasm as unknown as string;

/** What some platforms have: newer engines `fromHex`, Node before 25 its Buffer. */
interface HexDecoders {
  readonly Uint8Array: { readonly fromHex?: (text: string) => Uint8Array<ArrayBuffer> };
  readonly Buffer?: { readonly from?: (text: string, encoding: "hex") => Uint8Array<ArrayBuffer> };
}

/** The module's bytes. Decoded natively where there is a way; the loop takes 4 ms of the first use. */
export function coreBytes(): Uint8Array<ArrayBuffer> {
  const { Buffer, Uint8Array: Bytes } = globalThis as HexDecoders;
  if (Bytes.fromHex) return Bytes.fromHex(hex);
  if (Buffer?.from) return Buffer.from(hex, "hex");
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (digit(2 * i) << 4) | digit(2 * i + 1);
  return bytes;
}

/** The value of a digit, 0 to 9 or a to f. */
function digit(index: number): number {
  const code = hex.charCodeAt(index);
  return code < 97 ? code - 48 : code - 87;
}
