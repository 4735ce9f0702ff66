// The data of a page that is a single file: four scripts that hold MNIST's files, packed by gzip, in base64.

/** MNIST's files by their names. */
export type DataFiles = Readonly<Record<string, Uint8Array>>;

/** The files that the page holds; undefined if it loads them from its folder. */
export function embeddedFiles(): DataFiles | undefined {
  const scripts = [...document.querySelectorAll("script[data-file]")];
  if (scripts.length === 0) return undefined;
  return Object.fromEntries(
    scripts.map((script) => {
      const text = atob(script.textContent ?? "");
      // The text is not needed any more.
      script.remove();
      return [script.getAttribute("data-file"), Uint8Array.from(text, (character) => character.charCodeAt(0))];
    }),
  );
}
