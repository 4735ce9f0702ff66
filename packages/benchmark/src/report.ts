/** Column of a Markdown table: its heading, and whether its cells are numbers (aligned to the right). */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
}

/**
 * A document whose section `name` holds `content`: what stands between `<!-- name -->` and `<!-- /name -->` is
 * replaced, the rest of the document is left alone. Without such a section, one is added at the end.
 *
 * The generated parts of docs/benchmarks.md are written this way, so that each race renews its own and the text around
 * them stays a person's.
 *
 * @throws {Error} if one of the two markers is missing, or stands before the other: replacing would lose text.
 */
export function replaceSection(markdown: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const section = `${open}\n\n${content.trim()}\n\n${close}`;
  const [start, end] = [markdown.indexOf(open), markdown.indexOf(close)];
  if (start < 0 && end < 0) return `${markdown.trimEnd()}\n\n${section}\n`.trimStart();
  if (start < 0 || end < start) throw new Error(`section ${name}: expected ${open} and then ${close}, found only one`);
  return markdown.slice(0, start) + section + markdown.slice(end + close.length);
}

/** A Markdown table; cells are written as they are. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const headings = columns.map((column) => column.heading);
  const rule = columns.map((column) => (column.numeric ? "---:" : "---"));
  return [line(headings), line(rule), ...rows.map(line)].join("\n");
}

/** What stands in section `name` of a document, without its markers; "" if there is no such section. */
export function readSection(markdown: string, name: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [markdown.indexOf(open), markdown.indexOf(close)];
  return start < 0 || end < start ? "" : markdown.slice(start + open.length, end).trim();
}
