import { afterEach, describe, expect, test, vi } from "vitest";
import { decodeText, encodeText } from "../packages/numgrad/src/text.js";

const TEXTS = ["", "ASCII %41 + _-.!~*'()", "\u0000\u007f\u0080\u07ff\u0800\ufeff\uffff", "π😀\u{10ffff}", "\n\r\t"];

const BROKEN = [[0x80], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xff], [0x41, 0xe2, 0x82]];

afterEach(() => vi.unstubAllGlobals());

describe.each([
  ["with", false],
  ["without", true],
])("%s TextEncoder and TextDecoder", (_, isMissing) => {
  const stub = () => {
    for (const name of isMissing ? ["TextEncoder", "TextDecoder"] : []) vi.stubGlobal(name, undefined);
  };

  test.each(TEXTS)("%j has the bytes of UTF-8, and is read from them", (text) => {
    const bytes = Uint8Array.from(Buffer.from(text, "utf8"));
    stub();
    expect(encodeText(text)).toEqual(bytes);
    expect(decodeText(bytes)).toBe(text);
  });

  test.each(BROKEN)("bytes that are not UTF-8 are an error: %j", (...bytes) => {
    stub();
    expect(() => decodeText(Uint8Array.from(bytes))).toThrow(Error);
  });
});
