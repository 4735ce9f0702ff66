import { ArgumentError, DataFormatError, TwoLayerNet } from "numgrad";
import { applyParams, encodeNpy, encodeSafetensors, parseNpy, parseNpz, parseSafetensors } from "numgrad/files";
import { describe, expect, test } from "vitest";
import { writeZip } from "../../packages/numgrad/src/files/zip-writer.js";
import { thrownBy } from "../support/thrown.js";

// Names in files that would clear the screen, colour it, and turn the order of the letters of a message.
const HOSTILE = "\u001b[2J\u009b31m\u202egnp\u2028\u007f<b>";
const ESCAPED = '"\\u001b[2J\\u{9b}31m\\u{202e}gnp\\u{2028}\\u{7f}<b>"';

/** What a terminal would obey. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u202e\u2028]/;

const text = (value: string) => new TextEncoder().encode(value);

/** A safetensors file with this header and without tensors. */
function safetensors(header: string): Uint8Array {
  const bytes = text(`        ${header}`);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  return bytes;
}

/** A .npy file with this header and without elements. */
function npy(header: string): Uint8Array {
  const bytes = text(`\u0093NUMPY\u0001\u0000  ${header}`).subarray(1);
  bytes[0] = 0x93;
  new DataView(bytes.buffer, bytes.byteOffset).setUint16(8, bytes.length - 10, true);
  return bytes;
}

describe("a hostile name in a file", () => {
  test("is escaped in the message about an array that is not read", () => {
    const none = { shape: [0], data_offsets: [0, 0] };
    const header = JSON.stringify({ x: { dtype: "U8", ...none }, [HOSTILE]: { dtype: HOSTILE, ...none } });
    const { skipped } = parseSafetensors(safetensors(header));
    const { message } = skipped.get(HOSTILE)!;
    expect(message).toContain(ESCAPED);
    expect(message).not.toMatch(OBEYED);
    const files = new Map([["x.npy", encodeNpy(Uint8Array.of(1))], [`${HOSTILE}.npy`, npy("{")]]); // biome-ignore format: one line
    const members = parseNpz(writeZip(files, { compress: false }));
    expect(members.skipped.get(HOSTILE)!.message).not.toMatch(OBEYED);
  });

  test.each<[string, () => unknown]>([
    ["a name that comes twice", () => parseSafetensors(safetensors(`{"${HOSTILE}":{},"${HOSTILE}":{}}`))],
    ["a header that is no JSON", () => parseSafetensors(safetensors(`{${HOSTILE}`))],
    ["the header of a .npy file", () => parseNpy(npy(`{'descr': '<f8', ${HOSTILE}`))],
    ["the type in a .npy file", () => parseNpy(npy(`{'descr': '${HOSTILE}', 'fortran_order': False, 'shape': ()}`))],
  ])("is escaped in the error: %s", (_, read) => {
    const { message } = thrownBy(DataFormatError, read);
    expect(message).not.toMatch(OBEYED);
  });

  test("is escaped in the errors about an argument", () => {
    const wrong = { inputSize: 2, hiddenSize: 2, outputSize: 2, random: HOSTILE as never };
    expect(thrownBy(ArgumentError, () => new TwoLayerNet(wrong)).message).toContain(ESCAPED.slice(0, -1));
  });

  test("is a key of a Map and nothing else", () => {
    const names = ["__proto__", "constructor", "toString", "../../etc/passwd", HOSTILE];
    const arrays = new Map(names.map((name) => [name, Uint8Array.of(1)]));
    const metadata = new Map(names.map((name) => [name, "polluted"]));
    const read = parseSafetensors(encodeSafetensors(arrays, { metadata }));
    expect([...read.tensors.keys()].sort()).toEqual([...names].sort());
    expect(read.metadata).toEqual(metadata);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.prototype.toString.call({})).toBe("[object Object]");
    const net = new TwoLayerNet({ inputSize: 2, hiddenSize: 2, outputSize: 2 });
    expect(thrownBy(DataFormatError, () => applyParams(encodeSafetensors(arrays), net)).message).not.toMatch(OBEYED);
  });
});
