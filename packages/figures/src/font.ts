import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Inter, by Rasmus Andersson (SIL Open Font License; fonts/LICENSE). */
export const FONT_FILES = ["Inter-Regular.ttf", "Inter-SemiBold.ttf"].map((name) =>
  fileURLToPath(new URL(`../fonts/${name}`, import.meta.url)),
);

/** Width of a text in units of its font size. */
type Measure = (text: string) => number;

const measures: (Measure | undefined)[] = [];

/** Width of a text in pixels, in Inter, or in Inter SemiBold if `bold`. */
export function textWidth(text: string, fontSize: number, bold: boolean): number {
  const face = bold ? 1 : 0;
  measures[face] ??= readMeasure(readFileSync(FONT_FILES[face]!));
  return fontSize * measures[face](text);
}

/**
 * Reads the advance widths of a TrueType font. Table `cmap` has the glyph of each character (its subtable of format 4,
 * for the basic plane), table `hmtx` the width of each glyph. Kerning is left out, because it can only make a line
 * narrower.
 *
 * @see https://learn.microsoft.com/typography/opentype/spec/cmap
 */
function readMeasure(font: Buffer): Measure {
  const tables = new Map<string, number>();
  for (let i = 0; i < font.readUInt16BE(4); i++) {
    const entry = 12 + 16 * i;
    tables.set(font.toString("latin1", entry, entry + 4), font.readUInt32BE(entry + 8));
  }
  const unitsPerEm = font.readUInt16BE(tables.get("head")! + 18);
  const widths = font.readUInt16BE(tables.get("hhea")! + 34);
  const advance = (glyph: number) => font.readUInt16BE(tables.get("hmtx")! + 4 * Math.min(glyph, widths - 1));
  const glyphOf = readGlyphs(font, tables.get("cmap")!);
  return (text) => {
    let sum = 0;
    for (const character of text) {
      const glyph = glyphOf(character.codePointAt(0)!);
      // A character that the font lacks is drawn in another font. A square of the font size is wide enough for it.
      sum += glyph === 0 ? unitsPerEm : advance(glyph);
    }
    return sum / unitsPerEm;
  };
}

/** Reads the map from a character to its glyph, which is 0 if the font has none. */
function readGlyphs(font: Buffer, cmap: number): (code: number) => number {
  const count = font.readUInt16BE(cmap + 2);
  const subtables = Array.from({ length: count }, (_, i) => cmap + font.readUInt32BE(cmap + 4 + 8 * i + 4));
  const table = subtables.find((offset) => font.readUInt16BE(offset) === 4)!;
  const doubled = font.readUInt16BE(table + 6);
  const [ends, starts] = [table + 14, table + 16 + doubled];
  const [deltas, offsets] = [starts + doubled, starts + 2 * doubled];
  return (code) => {
    for (let i = 0; i < doubled; i += 2) {
      if (code > font.readUInt16BE(ends + i)) continue;
      const start = font.readUInt16BE(starts + i);
      if (code < start) return 0;
      const delta = font.readUInt16BE(deltas + i);
      const offset = font.readUInt16BE(offsets + i);
      if (offset === 0) return (code + delta) & 0xffff;
      const glyph = font.readUInt16BE(offsets + i + offset + 2 * (code - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
