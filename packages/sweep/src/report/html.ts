/** HTML in which every text has been escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A template of HTML. Every text between its literal parts is escaped; `Html` is inserted as it is. */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(String.raw({ raw: literals }, ...contents.map(toText)));
}

type Content = Html | string | number | readonly Content[];

function toText(content: Content): string {
  if (content instanceof Html) return content.text;
  if (typeof content === "object") return content.map(toText).join("");
  return String(content).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
