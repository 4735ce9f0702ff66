import type { Theme } from "numgrad-figures";
import { type Html, html } from "numgrad-program/html";

/** A figure as SVG, for wide and narrow pages, light and dark. */
export type Variants = Readonly<Record<"wide" | "narrow", Readonly<Record<Theme, string>>>>;

/** A picture for which the browser chooses the variant that fits the page and its theme. */
export function picture({ wide, narrow }: Variants, alt: string): Html {
  // Paper is light: a page that is printed from a dark desktop gets the light figures.
  const [dark, small] = ["screen and (prefers-color-scheme: dark)", "(max-width: 40em)"];
  return html`<picture>
${source(`${dark} and ${small}`, narrow.dark)}
${source(small, narrow.light)}
${source(dark, wide.dark)}
<img ${size(wide.light)} src="${dataUrl(wide.light)}" alt="${alt}">
</picture>`;
}

function source(media: string, svg: string): Html {
  return html`<source media="${media}" ${size(svg)} srcset="${dataUrl(svg)}">`;
}

/** Width and height as attributes, so that the page does not move while it opens. */
function size(svg: string): Html {
  const [, width = "", height = ""] = /<svg [^>]*?width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  return html`width="${width}" height="${height}"`;
}

/**
 * The SVG as a URL. Characters with a meaning in HTML, `srcset` or URLs are encoded; base64 would be a quarter longer.
 */
function dataUrl(svg: string): string {
  return `data:image/svg+xml,${svg.trim().replace(/[^\w.~!$*()+,;=@/-]/gu, encodeURIComponent)}`;
}
