/** HTML that is ready to be shown: what it was made of has been escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What stands between the pieces of a template. */
export type Content = Html | string | number | readonly Content[];

/**
 * A template of HTML: every text in it is escaped, in elements and in quoted attributes alike; pieces that are HTML already
 * go in as they are, arrays piece after piece.
 *
 * @example
 * ```ts
 * html`<p title="${title}">${items.map((item) => html`<b>${item}</b>`)}</p>`;
 * ```
 */
export function html(pieces: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(String.raw({ raw: pieces }, ...contents.map(toText)));
}

function toText(content: Content): string {
  if (content instanceof Html) return content.text;
  if (typeof content === "object") return content.map(toText).join("");
  return String(content).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
