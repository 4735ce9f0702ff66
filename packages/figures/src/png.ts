import { zlibSync } from "fflate";

/** Colours of an image: shades of grey (0 black, 255 white), or a list of #rrggbb to which the pixels are indices. */
export type Colours = "grey" | readonly string[];

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Writes an image of one byte per pixel as a `data:` URL that holds a PNG.
 *
 * @see https://www.w3.org/TR/png-3
 */
export function pngDataUrl(pixels: Uint8Array, width: number, height: number, colours: Colours): string {
  const header = new Uint8Array([...bigEndian(width), ...bigEndian(height), 8, colours === "grey" ? 0 : 3, 0, 0, 0]);
  const palette = colours === "grey" ? [] : [makeChunk("PLTE", Uint8Array.from(colours.flatMap(toRgb)))];
  // Each line begins with the number of its filter. 0 is no filter.
  const lines = new Uint8Array(height * (width + 1));
  for (let r = 0; r < height; r++) lines.set(pixels.subarray(r * width, (r + 1) * width), r * (width + 1) + 1);
  const data = makeChunk("IDAT", zlibSync(lines, { level: 9 }));
  const bytes = [SIGNATURE, makeChunk("IHDR", header), ...palette, data, makeChunk("IEND", new Uint8Array())];
  return `data:image/png;base64,${toBase64(bytes.flatMap((chunk) => Array.from(chunk)))}`;
}

function makeChunk(type: string, data: Uint8Array): number[] {
  const body = [...Array.from(type, (letter) => letter.charCodeAt(0)), ...data];
  return [...bigEndian(data.length), ...body, ...bigEndian(crc32(body))];
}

function bigEndian(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** CRC-32, as PNG uses it, computed bit by bit. A table would not pay, because the images here are small. */
function crc32(bytes: readonly number[]): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

function toRgb(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}

function toBase64(bytes: readonly number[]): string {
  return btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));
}
