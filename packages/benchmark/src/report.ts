/** Column of a Markdown table: its heading, and whether its cells are numbers (aligned to the right). */
export interface Column {
  readonly heading: string;
  readonly numeric?: boolean;
}

/**
 * Replaces the section `name` of a document, which stands between `<!-- name -->` and `<!-- /name -->`, by `content`.
 * The rest of the document is left alone. If there is no such section, one is added at the end.
 *
 * The generated sections of docs/benchmarks.md and README.md are written this way: each program renews its own section,
 * and the text around them is written by hand.
 *
 * @throws {Error} if one of the two markers is missing, or if they stand in the wrong order: replacing would lose text.
 */
export function replaceSection(markdown: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const section = `${open}\n\n${content.trim()}\n\n${close}`;
  const [start, end] = [markdown.indexOf(open), markdown.indexOf(close)];
  if (start < 0 && end < 0) return `${markdown.trimEnd()}\n\n${section}\n`.trimStart();
  if (start < 0 || end < start) throw new Error(`section ${name}: expected ${open} and then ${close}, found only one`);
  return markdown.slice(0, start) + section + markdown.slice(end + close.length);
}

/** A Markdown table. Cells are written as they are, without escapes. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const headings = columns.map((column) => column.heading);
  const rule = columns.map((column) => (column.numeric ? "---:" : "---"));
  return [line(headings), line(rule), ...rows.map(line)].join("\n");
}

/** The content of section `name` of a document, without its markers; "" if there is no such section. */
export function readSection(markdown: string, name: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [markdown.indexOf(open), markdown.indexOf(close)];
  return start < 0 || end < start ? "" : markdown.slice(start + open.length, end).trim();
}
