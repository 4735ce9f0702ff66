import type { FigureSpec } from "numgrad-figures";
import { renderSvg } from "numgrad-figures/node";

/** Digits that are drawn smaller, and lower or higher, than the text around them. */
const SMALL = /<tspan dy="(-?[\d.]+)em" font-size="70%">([^<]+)<\/tspan><tspan dy="-?[\d.]+em">\u200b<\/tspan>/g;

/** The contents of an SVG that Vega has drawn. */
export class Drawn {
  readonly svg: string;

  constructor(svg: string) {
    this.svg = svg;
  }

  static async from(spec: FigureSpec): Promise<Drawn> {
    return new Drawn(await renderSvg(spec));
  }

  /**
   * Elements of all marks of a kind (`"symbol"`, `"rect"`, `"line"`, `"text"`, `"image"`), without axes and legends.
   */
  marks(kind: string): string[] {
    const groups = this.svg.matchAll(new RegExp(`<g class="mark-${kind} role-mark[^>]*>((?:(?!</?g).)*)</g>`, "g"));
    return Array.from(groups).flatMap(([, inside]) => inside!.match(/<(?:path|text|image)[ >]/g) ?? []);
  }

  /** All texts, without the tags around their lines. */
  get texts(): string[] {
    const whole = this.svg.replace(SMALL, (_, shift: string, digits: string) => {
      const all = shift.startsWith("-") ? "⁰¹²³⁴⁵⁶⁷⁸⁹⁻" : "₀₁₂₃₄₅₆₇₈₉";
      return Array.from(digits, (digit) => all[digit === "−" ? 10 : Number(digit)]).join("");
    });
    return Array.from(whole.matchAll(/<(?:text|tspan)[^>]*>([^<]+)</g), (match) => match[1]!);
  }

  /** Width and height in pixels. */
  get size(): [number, number] {
    const [, width, height] = /<svg [^>]*width="(\d+)" height="(\d+)"/.exec(this.svg)!;
    return [Number(width), Number(height)];
  }
}

/** All rows of data in a specification that have this field. */
export function rowsWith(spec: FigureSpec, field: string): Record<string, number | string>[] {
  const rows: Record<string, number | string>[] = [];
  JSON.stringify(spec, (key, value) => {
    if (key === "values" && Array.isArray(value))
      rows.push(...value.filter((row) => typeof row === "object" && row !== null && field in row));
    return value;
  });
  return rows;
}
