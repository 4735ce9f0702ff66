/** HTML in which every text has been escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value between the literal parts of a template. */
export type Content = Html | string | number | readonly Content[];

/**
 * A template of HTML. Every text between its literal parts is escaped, in elements and in quoted attributes alike;
 * `Html` is inserted as it is, and arrays value after value.
 *
 * @example
 * ```ts
 * html`<p title="${title}">${items.map((item) => html`<b>${item}</b>`)}</p>`;
 * ```
 */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(String.raw({ raw: literals }, ...contents.map(toText)));
}

function toText(content: Content): string {
  if (content instanceof Html) return content.text;
  if (typeof content === "object") return content.map(toText).join("");
  return String(content).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
