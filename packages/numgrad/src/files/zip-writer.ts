import { deflateSync } from "fflate";
import { concatenate } from "../bytes.js";
import { ArgumentError, describe } from "../errors.js";
import { encodeText } from "../text.js";
import { crc32 } from "./crc32.js";
import { CENTRAL, DEFLATED, END, LOCAL, STORED, UTF8 } from "./zip-format.js";

/** 1980-01-01, the earliest date in ZIP. With a fixed date the same contents always give the same file. */
const DATE = 0x0021;

/**
 * Writes a ZIP file.
 *
 * @throws {ArgumentError} if the file would exceed the limits of ZIP without extensions: 4 GiB or 65,534 files.
 */
export function writeZip(files: ReadonlyMap<string, Uint8Array>, { compress }: { compress: boolean }): Uint8Array {
  const locals: Uint8Array[] = [];
  const centrals: Uint8Array[] = [];
  let offset = 0;
  for (const [name, contents] of files) {
    const encoded = encodeText(name);
    if (encoded.length > 0xffff) throw new ArgumentError("arrays", "names of at most 65535 bytes", describe(name));
    const packed = compress ? deflateSync(contents) : contents;
    const common = [
      [2, UTF8], [2, compress ? DEFLATED : STORED], [2, 0], [2, DATE],
      [4, crc32(contents)], [4, packed.length], [4, contents.length], [2, encoded.length], [2, 0],
    ] as const; // biome-ignore format: the fields that both headers have
    locals.push(fields([[4, LOCAL.signature], [2, 20], ...common]), encoded, packed);
    const rest = [[2, 0], [2, 0], [2, 0], [4, 0], [4, offset]] as const; // biome-ignore format: one line
    centrals.push(fields([[4, CENTRAL.signature], [2, 20], [2, 20], ...common, ...rest]), encoded);
    offset += LOCAL.bytes + encoded.length + packed.length;
  }
  const size = centrals.reduce((sum, { length }) => sum + length, 0);
  if (offset + size + END.bytes > 0xffff_ffff || files.size > 0xfffe) {
    throw new ArgumentError("arrays", "at most 65534 arrays of 4 GiB together", `${files.size} of ${offset} bytes`);
  }
  const end = [[4, END.signature], [4, 0], [2, files.size], [2, files.size], [4, size], [4, offset], [2, 0]] as const; // biome-ignore format: one line
  return concatenate([...locals, ...centrals, fields(end)]);
}

/** The bytes of little-endian fields of 2 or 4 bytes each. */
function fields(values: readonly (readonly [bytes: 2 | 4, value: number])[]): Uint8Array {
  const out = new Uint8Array(values.reduce((sum, [bytes]) => sum + bytes, 0));
  const view = new DataView(out.buffer);
  let position = 0;
  for (const [bytes, value] of values) {
    if (bytes === 2) view.setUint16(position, value, true);
    else view.setUint32(position, value, true);
    position += bytes;
  }
  return out;
}
