/*! numgrad/files contains parts of fflate 0.8.3 by Arjun Barrett (MIT): see fflate.LICENSE.txt beside this file. */
import { Inflate, inflateSync } from "fflate";
import { PromisedBytes } from "../bytes.js";
import { DataFormatError, describe, messageOf } from "../errors.js";
import { decodeText } from "../text.js";
import { crc32 } from "./crc32.js";
import { forPieces, type Work } from "./pieces.js";
import { CENTRAL, DEFLATED, DESCRIPTOR, ENCRYPTED, END, LOCAL, STORED } from "./zip-format.js";

/** Value of a 32-bit field that means "see the extra field". Python writes it into local headers. */
const IN_EXTRA_FIELD = 0xffff_ffff;

/** One byte of DEFLATE data unpacks to at most this many bytes. */
const LARGEST_RATIO = 1032;

/**
 * Compressed bytes that are unpacked at a time. They give at most 2 MiB, so a ZIP bomb exceeds its promise by no more
 * than that.
 */
const CHUNK_BYTES = 2048;

/** A file in a ZIP file, as the central directory describes it. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
  /** Position of the local header. */
  readonly offset: number;
}

/** The contents of a file in a ZIP file; or the error that says why this file alone cannot be read. */
export type ZipFile =
  | {
      readonly bytes: Uint8Array;
      /** Whether the bytes were unpacked into memory of their own. Otherwise they are a window on the ZIP file. */
      readonly isUnpacked: boolean;
      readonly fault?: undefined;
    }
  | { readonly fault: DataFormatError };

/**
 * Reads the names and contents of all files in a ZIP file, in the order of its directory.
 *
 * These checks come before anything is unpacked: the entries do not overlap, no bytes lie between them, the local
 * headers agree with the directory, and all contents together have at most `memoryLimit` bytes. While an entry is
 * unpacked its bytes are counted; then its CRC-32 is verified. A name that comes twice is an error. A file that is
 * encrypted, or packed by a method other than DEFLATE, has a `fault` in place of contents.
 *
 * @throws {DataFormatError} if a check fails; the error names `source` and the reason.
 */
export function* readZip(bytes: Uint8Array, source: string, memoryLimit: number): Work<Map<string, ZipFile>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { entries, directory } = readDirectory(bytes, view, source);
  checkSizes(entries, source, memoryLimit);
  const starts = entries.map((entry) => checkLocal(entry, bytes, view, source));
  checkLayout(entries, starts, directory, source);
  const files = new Map<string, ZipFile>();
  for (const [i, entry] of entries.entries()) {
    if (files.has(entry.name)) throw new DataFormatError(source, `two files are named ${describe(entry.name)}`);
    const start = starts[i]!;
    const packed = bytes.subarray(start, start + entry.compressed);
    const unsupported = whyUnsupported(entry);
    if (unsupported !== undefined) {
      files.set(entry.name, { fault: entryError(entry, source, unsupported) });
      continue;
    }
    const isUnpacked = entry.method === DEFLATED;
    const contents = isUnpacked ? yield* inflate(packed, entry, source) : packed;
    yield* checkCrc(contents, entry, source);
    files.set(entry.name, { bytes: contents, isUnpacked });
  }
  return files;
}

/** The entries, and the position at which the directory begins. */
function readDirectory(bytes: Uint8Array, view: DataView, source: string): { entries: Entry[]; directory: number } {
  const end = findEnd(view, source);
  const count = view.getUint16(end + 10, true);
  const size = view.getUint32(end + 12, true);
  const start = view.getUint32(end + 16, true);
  // A file on several disks, of more than 4 GiB or of more than 65,534 entries has other values here.
  const single = view.getUint32(end + 4, true) === 0 && view.getUint16(end + 8, true) === count && count < 0xffff;
  if (!single || start === IN_EXTRA_FIELD)
    throw new DataFormatError(source, "split ZIP files and ZIP64 are not supported");
  if (start + size !== end)
    throw new DataFormatError(source, "the ZIP directory does not end where the end record begins");
  const entries: Entry[] = [];
  let position = start;
  while (position < end) {
    const fits = position + CENTRAL.bytes <= end && view.getUint32(position, true) === CENTRAL.signature;
    const next = fits ? position + CENTRAL.bytes + directoryRest(view, position) : end + 1;
    if (next > end) throw new DataFormatError(source, `the ZIP directory is damaged at byte ${position}`);
    entries.push(readEntry(bytes, view, position, source));
    position = next;
  }
  if (entries.length !== count) {
    throw new DataFormatError(source, `the ZIP directory has ${entries.length} entries, the end record says ${count}`);
  }
  return { entries, directory: start };
}

/** Position of the end record: the last one whose comment reaches to the end of the file. */
function findEnd(view: DataView, source: string): number {
  const last = view.byteLength - END.bytes;
  for (let position = last; position >= Math.max(0, last - 0xffff); position--) {
    if (view.getUint32(position, true) === END.signature && view.getUint16(position + 20, true) === last - position)
      return position;
  }
  throw new DataFormatError(source, "not a ZIP file, or truncated: it has no end record");
}

/** Length of the name, the extra field and the comment after a header of the directory, added up. */
function directoryRest(view: DataView, position: number): number {
  return (
    view.getUint16(position + 28, true) + view.getUint16(position + 30, true) + view.getUint16(position + 32, true)
  );
}

/** Reads and checks the header of the directory at this position. */
function readEntry(bytes: Uint8Array, view: DataView, position: number, source: string): Entry {
  const name = decodeName(
    bytes.subarray(position + CENTRAL.bytes, position + CENTRAL.bytes + view.getUint16(position + 28, true)),
    source,
  );
  const entry = {
    name,
    flags: view.getUint16(position + 8, true),
    method: view.getUint16(position + 10, true),
    crc: view.getUint32(position + 16, true),
    compressed: view.getUint32(position + 20, true),
    size: view.getUint32(position + 24, true),
    offset: view.getUint32(position + 42, true),
  };
  if (entry.method === STORED && entry.compressed !== entry.size) {
    throw entryError(entry, source, `it is stored, and has ${entry.compressed} bytes for ${entry.size}`);
  }
  if (entry.method === DEFLATED && entry.size > LARGEST_RATIO * entry.compressed) {
    throw entryError(entry, source, `${entry.compressed} bytes cannot unpack to ${entry.size}`);
  }
  return entry;
}

function whyUnsupported({ flags, method }: Entry): string | undefined {
  if (flags & ENCRYPTED) return "it is encrypted";
  if (method === STORED || method === DEFLATED) return undefined;
  return `it is packed by method ${method}, which is not supported`;
}

function checkSizes(entries: readonly Entry[], source: string, memoryLimit: number): void {
  const size = entries.reduce((sum, entry) => sum + entry.size, 0);
  if (size <= memoryLimit) return;
  throw new DataFormatError(source, `unpacks to ${size} bytes, more than the limit of ${memoryLimit}`);
}

/** Checks that the entries fill the file up to the directory, without holes and overlaps. */
function checkLayout(entries: readonly Entry[], starts: readonly number[], directory: number, source: string): void {
  const spans = entries.map((entry, i) => ({ entry, end: starts[i]! + entry.compressed }));
  spans.sort((a, b) => a.entry.offset - b.entry.offset);
  let end = 0;
  let hasDescriptor = false;
  const checkGap = (next: number) => {
    const gap = next - end;
    // A descriptor has 12 bytes, 4 more with a signature, and 8 more in ZIP64.
    if (gap === 0 || (hasDescriptor && [12, 16, 20, 24].includes(gap))) return;
    throw new DataFormatError(source, `${gap < 0 ? "overlapping" : "unclaimed"} bytes at ${Math.min(end, next)}`);
  };
  for (const span of spans) {
    checkGap(span.entry.offset);
    end = span.end;
    hasDescriptor = (span.entry.flags & DESCRIPTOR) !== 0;
  }
  checkGap(directory);
}

/** Checks that the local header of an entry agrees with the directory. Returns the position at which the data begin. */
function checkLocal(entry: Entry, bytes: Uint8Array, view: DataView, source: string): number {
  const { offset } = entry;
  const hasHeader = offset + LOCAL.bytes <= bytes.length && view.getUint32(offset, true) === LOCAL.signature;
  if (!hasHeader) throw entryError(entry, source, `there is no header at byte ${offset}`);
  const nameEnd = offset + LOCAL.bytes + view.getUint16(offset + 26, true);
  const start = nameEnd + view.getUint16(offset + 28, true);
  if (start + entry.compressed > bytes.length) throw entryError(entry, source, "it is longer than the file");
  const hasDescriptor = (entry.flags & DESCRIPTOR) !== 0;
  const agrees = (position: number, expected: number) => {
    const value = view.getUint32(position, true);
    return value === expected || value === IN_EXTRA_FIELD || (hasDescriptor && value === 0);
  };
  const isSame =
    view.getUint16(offset + 6, true) === entry.flags &&
    view.getUint16(offset + 8, true) === entry.method &&
    agrees(offset + 14, entry.crc) &&
    agrees(offset + 18, entry.compressed) &&
    agrees(offset + 22, entry.size) &&
    decodeName(bytes.subarray(offset + LOCAL.bytes, nameEnd), source) === entry.name;
  if (!isSame) throw entryError(entry, source, "its header and the directory differ");
  return start;
}

/** Unpacks the data of an entry. */
function* inflate(packed: Uint8Array, entry: Entry, source: string): Work<Uint8Array> {
  try {
    const contents =
      entry.compressed <= CHUNK_BYTES
        ? inflateAtOnce(packed, entry, source)
        : yield* inflateChunks(packed, entry, source);
    if (contents.length === entry.size) return contents;
    throw entryError(entry, source, `it unpacks to ${contents.length} bytes instead of ${entry.size}`);
  } catch (cause) {
    if (cause instanceof DataFormatError) throw cause;
    throw entryError(entry, source, messageOf(cause), { cause });
  }
}

/** Unpacks a few bytes. `Inflate` would take 96 KiB and 0.15 ms for each entry, 10 s for a file of 65,000 entries. */
function inflateAtOnce(packed: Uint8Array, entry: Entry, source: string): Uint8Array {
  // fflate does not write behind the end. If the last byte is written, there are too many.
  const contents = inflateSync(packed, { out: new Uint8Array(entry.size + 1) });
  if (contents.length > entry.size) throw tooMany(entry, source);
  return contents;
}

/** Unpacks chunk by chunk. The bytes are counted as they come. */
function* inflateChunks(packed: Uint8Array, entry: Entry, source: string): Work<Uint8Array> {
  const contents = new PromisedBytes(entry.size);
  const inflater = new Inflate((chunk) => {
    if (contents.filled + chunk.length > entry.size) throw tooMany(entry, source);
    contents.add(chunk);
  });
  for (let start = 0; start < packed.length; start += CHUNK_BYTES) {
    const end = start + CHUNK_BYTES;
    inflater.push(packed.subarray(start, end), end >= packed.length);
    yield;
  }
  return contents.bytes;
}

function tooMany(entry: Entry, source: string): DataFormatError {
  return entryError(entry, source, `it unpacks to more than ${entry.size} bytes`);
}

function* checkCrc(contents: Uint8Array, entry: Entry, source: string): Work<void> {
  let crc = 0;
  yield* forPieces(contents.length, (start, end) => {
    crc = crc32(contents.subarray(start, end), crc);
  });
  if (crc !== entry.crc) throw entryError(entry, source, "its CRC-32 is wrong");
}

/** Decodes a name as UTF-8, which includes the ASCII of older writers. */
function decodeName(bytes: Uint8Array, source: string): string {
  try {
    return decodeText(bytes);
  } catch (cause) {
    throw new DataFormatError(source, "a name in the ZIP file is not UTF-8", { cause });
  }
}

/** The error for an entry that cannot be read. */
function entryError(
  entry: { name: string },
  source: string,
  reason: string,
  options?: { cause: unknown },
): DataFormatError {
  return new DataFormatError(source, `${describe(entry.name)} in the ZIP file cannot be read: ${reason}`, options);
}
