/**
 * The bytes of a text in UTF-8; the text has no lone surrogates. Jest's jsdom and older versions of Hermes have neither
 * `TextEncoder` nor `TextDecoder`.
 */
export function encodeText(text: string): Uint8Array<ArrayBuffer> {
  if (typeof TextEncoder !== "undefined") return new TextEncoder().encode(text);
  const escaped = encodeURIComponent(text);
  return Uint8Array.from(escaped.match(/%..|./g) ?? [], (byte) => {
    return byte.length === 1 ? byte.charCodeAt(0) : Number.parseInt(byte.slice(1), 16);
  });
}

/**
 * The text whose bytes in UTF-8 are these, with a byte order mark if there is one.
 *
 * @throws {Error} if the bytes are not UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  if (typeof TextDecoder !== "undefined")
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  let escaped = "";
  for (const byte of bytes) escaped += `%${byte.toString(16).padStart(2, "0")}`;
  return decodeURIComponent(escaped);
}
