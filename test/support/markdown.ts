/** A Markdown document without the blanks and dashes by which the formatter aligns the columns of tables. */
export function withoutPadding(markdown: string): string {
  return markdown.replaceAll(/ *\| */g, "|").replaceAll(/-{3,}/g, "---");
}
