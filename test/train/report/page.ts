// Examines a page of HTML without a browser.

/** Elements without an end tag. */
const VOID = ["!doctype", "meta", "link", "img", "source"];

/** The text that a reader sees: without tags and styles, with escaped characters decoded. */
export function textOf(page: string): string {
  return page
    .replace(/<style>.*<\/style>/s, "")
    .replace(/<[^>]*>/g, "")
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
}

/** End tags without a start tag, and start tags without an end tag. */
export function tagsThatDoNotMatch(page: string): string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [tag, slash, name] of page.matchAll(/<(\/?)([!\w]+)[^>]*>/g)) {
    if (VOID.includes(name!)) continue;
    if (slash === "") open.push(name!);
    else if (open.pop() !== name) wrong.push(tag);
  }
  return [...wrong, ...open];
}

/** A figure of a page: the SVG for each media query, with "" for the SVG without one. */
export interface Picture {
  readonly alt: string;
  readonly sources: Readonly<Record<string, string>>;
}

/** The figures of a page, in their order. */
export function picturesIn(page: string): Picture[] {
  return Array.from(page.matchAll(/<picture>(.*?)<\/picture>/gs), ([, inside]) => {
    const sources = Array.from(inside!.matchAll(/<(?:source media="([^"]*)"|img)[^>]* src(?:set)?="([^"]*)"/g));
    return {
      alt: textOf(/ alt="([^"]*)"/.exec(inside!)![1]!),
      sources: Object.fromEntries(sources.map(([, media = "", url]) => [media, decode(url!)])),
    };
  });
}

function decode(url: string): string {
  return decodeURIComponent(url.replace("data:image/svg+xml,", ""));
}

/**
 * Everything that a page would load from elsewhere or run. The figures in the page are examined as well. A page that
 * needs nothing else has an empty list.
 */
export function outsideOf(page: string): string[] {
  const figures = picturesIn(page).flatMap(({ sources }) => Object.values(sources));
  const rest = page.replace(/data:image\/svg\+xml,[^"]*/g, "");
  const code = rest.match(/<(?:script|iframe|object|embed|base|form)|@import|url\(|<[^>]*\son\w+=|javascript:/gi) ?? [];
  const links = [page, ...figures].flatMap((text) =>
    Array.from(text.matchAll(/<[^>]*?\s(?:src|srcset|(?:xlink:)?href)="([^"]*)"/g), ([, link]) => link!),
  );
  const urls = figures.flatMap((svg) =>
    Array.from(svg.matchAll(/url\(([^)]*)\)|<script|@import/g), ([all, id]) => id ?? all),
  );
  return [
    ...code,
    ...links.filter((link) => !/^data:(image\/(png|svg\+xml)|,$)/.test(link)),
    ...urls.filter((url) => !url.startsWith("#")),
  ];
}
