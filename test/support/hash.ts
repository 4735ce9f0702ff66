/** FNV-1a (64 bits) over the little-endian bytes of float64 numbers, as 16 hexadecimal digits. */
export function hashOfBits(...arrays: Float64Array[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const array of arrays) {
    for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) {
      hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    }
  }
  return hash.toString(16).padStart(16, "0");
}
