import { crc32, inflateSync } from "node:zlib";

/** Reads and checks a PNG of one byte per pixel. */
export function readPng(url: string): { width: number; height: number; pixels: Uint8Array; palette: string[] } {
  const bytes = Buffer.from(url.replace("data:image/png;base64,", ""), "base64");
  if (bytes.toString("latin1", 0, 8) !== "\x89PNG\r\n\x1a\n") throw new Error("no PNG");
  const chunks = new Map<string, Buffer>();
  for (let position = 8; position < bytes.length; ) {
    const length = bytes.readUInt32BE(position);
    const body = bytes.subarray(position + 4, position + 8 + length);
    if (crc32(body) !== bytes.readUInt32BE(position + 8 + length)) throw new Error("a checksum is wrong");
    chunks.set(body.toString("latin1", 0, 4), body.subarray(4));
    position += 12 + length;
  }
  if ([...chunks.keys()].at(-1) !== "IEND") throw new Error("no end");
  const header = chunks.get("IHDR")!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  if (header[8] !== 8) throw new Error("not one byte per pixel");
  const lines = inflateSync(chunks.get("IDAT")!);
  if (lines.length !== height * (width + 1)) throw new Error("lines of a wrong length");
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => {
    const line = Math.floor(i / width) * (width + 1);
    if (lines[line] !== 0) throw new Error("an unexpected filter");
    return lines[line + 1 + (i % width)]!;
  });
  const colours = chunks.get("PLTE")?.toString("hex").match(/.{6}/g) ?? [];
  return { width, height, pixels, palette: colours.map((colour) => `#${colour}`) };
}
