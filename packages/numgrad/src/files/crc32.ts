/** The remainder of each of the 256 bytes, by the reflected polynomial of ZIP, gzip and PNG. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (-(remainder & 1) & 0xedb8_8320);
  return remainder;
});

/**
 * CRC-32 of bytes, as ZIP files use it.
 *
 * @param before CRC-32 of the bytes before them, if they are the next piece of a longer array.
 * @see https://www.w3.org/TR/png/#D-CRCAppendix
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
