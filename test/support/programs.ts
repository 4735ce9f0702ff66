import { readFileSync } from "node:fs";

/** A program in a document, and what the document says that it prints: comments behind its lines, or a block of text after it. */
export interface Program {
  readonly code: string;
  readonly printed: readonly string[];
}

/** The programs of a document that run by themselves and say what they print. */
export function programsOf(file: string | URL): Program[] {
  const blocks = readFileSync(file, "utf8").matchAll(/```js\n(.*?)```(?:\n+```text\n(.*?)```)?/gs);
  return Array.from(blocks, ([, code = "", text]) => {
    const comments = Array.from(code.matchAll(/^console\.log\(.*\); \/\/ (.*)$/gm), ([, comment = ""]) => comment);
    return { code, printed: text === undefined ? comments : text.trimEnd().split("\n") };
  }).filter(({ printed }) => printed.length > 0);
}
