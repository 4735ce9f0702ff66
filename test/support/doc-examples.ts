import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const PACKAGES = fileURLToPath(new URL("../../packages/", import.meta.url));

/** The source folders of the published packages. */
const SOURCES = ["numgrad/src", "figures/src"];

/** The names that users import, and their source files. */
const ENTRIES = {
  numgrad: "numgrad/src/index.ts",
  "numgrad/files": "numgrad/src/files.ts",
  "numgrad-figures": "figures/src/index.ts",
  "numgrad-figures/node": "figures/src/node.ts",
};

/** The code after `@example` in a doc comment. */
export interface DocExample {
  /**
   * File and name, for instance `numgrad/src/derivatives/jacobian.ts: jacobian`, or `…: RandomState.choice` for a method.
   */
  name: string;
  code: string;
  /**
   * Whether the example is run. A block of `ts no-run` is only compiled, because it needs the network or writes files.
   */
  runs: boolean;
}

/** All examples of the packages, in the order of files and lines. */
export function docExamples(): DocExample[] {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(PACKAGES, folder), { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`),
  );
  return files
    .filter((file) => file.endsWith(".ts") && !file.includes("generated"))
    .sort()
    .flatMap((file) => examplesOf(file, readFileSync(join(PACKAGES, file), "utf8")));
}

function examplesOf(file: string, text: string): DocExample[] {
  const examples: DocExample[] = [];
  const visit = (node: ts.Node): void => {
    for (const doc of (node as { jsDoc?: ts.JSDoc[] }).jsDoc ?? []) {
      for (const tag of doc.tags ?? []) {
        if (tag.tagName.text !== "example") continue;
        const [, noRun, code] = /```ts( no-run)?\n(.*?)```/s.exec(ts.getTextOfJSDocComment(tag.comment) ?? "") ?? [];
        if (code === undefined) throw new Error(`${file}: an @example without a block of TypeScript`);
        examples.push({ name: `${file}: ${nameOf(node)}`, code, runs: noRun === undefined });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true));
  return examples;
}

function nameOf(node: ts.Node): string {
  const named = ts.isVariableStatement(node) ? node.declarationList.declarations[0] : node;
  const name = (named as { name?: ts.Node }).name?.getText() ?? "constructor";
  return ts.isClassElement(node) ? `${nameOf(node.parent)}.${name}` : name;
}

/** A comment that states the value of the expression before it. */
const VALUE = /^(-?\d|["[{]|true\b|false\b|undefined\b|NaN\b|-?Infinity\b|[A-Z]\w*Array \[)/;

/** A comment that states the value of a variable: `letters is ["c"]`. */
const VARIABLE = /^(\w+) is (.*)/s;

/**
 * The example as JavaScript with a call `claim(value, text)` for each statement `value; // text` whose text begins with
 * a value, and for each `…; // variable is …`. All other comments are prose.
 */
export function withClaims(code: string): { script: string; claims: number } {
  const source = ts.createSourceFile("example.ts", code, ts.ScriptTarget.ES2022, true);
  let script = "";
  let end = 0;
  let claims = 0;
  for (const statement of source.statements) {
    const comment = ts.getTrailingCommentRanges(code, statement.end)?.[0];
    const text = comment && code.slice(comment.pos + 2, comment.end).trim();
    if (!text || !ts.isExpressionStatement(statement)) continue;
    const variable = VARIABLE.exec(text);
    if (!variable && !VALUE.test(text)) continue;
    const expression = statement.expression.getText();
    script += code.slice(end, statement.getStart());
    script += variable
      ? `${expression}; claim(${variable[1]}, ${JSON.stringify(variable[2])});`
      : `claim(${expression}, ${JSON.stringify(text)});`;
    end = statement.end;
    claims++;
  }
  script += code.slice(end);
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
  return { script: ts.transpileModule(script, { compilerOptions: options }).outputText, claims };
}

/** An import of an example: `import { … } from "…"`. */
const IMPORT = /^import \{(.*?)\} from (".*?");$/gm;

/** The imports of the example, and the rest of it. */
export function withoutImports(code: string): { imports: string; rest: string } {
  const imports = Array.from(code.matchAll(IMPORT), ([line]) => line).join("\n");
  return { imports, rest: code.replace(IMPORT, "") };
}

/** The example with a call of `load` in place of each import. */
export function withLoads(code: string): string {
  return code.replace(IMPORT, "const {$1} = load($2);");
}

/** A value as comments state it: `Float64Array [1, 2]`, or `[1, 2]` if `short`. */
function show(value: unknown, short = false): string {
  if (ArrayBuffer.isView(value)) {
    const numbers = show(Array.from(value as Float64Array));
    return short ? numbers : `${value.constructor.name} ${numbers}`;
  }
  if (Array.isArray(value)) return `[${value.map((element) => show(element)).join(", ")}]`;
  if (typeof value !== "object" || value === null)
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  return `{ ${Object.entries(value).map(([key, element]) => `${key}: ${show(element)}`).join(", ")} }`; // biome-ignore format: one line
}

/**
 * Whether the text of a comment begins with this value. Prose may follow after a space, a comma, a colon or a
 * semicolon.
 */
export function agrees(value: unknown, text: string): boolean {
  return [show(value), show(value, true)].some(
    (shown) => text.startsWith(shown) && /^($|[,:;]? )/.test(text.slice(shown.length)),
  );
}

/** The errors of the TypeScript compiler in files with the given contents. They may import the packages. */
export function typeErrors(contents: ReadonlyMap<string, string>): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    paths: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, [join(PACKAGES, file)]])),
  };
  const files = new Map(Array.from(contents, ([name, text]) => [join(PACKAGES, "doc-examples", name), text]));
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? readFile(file);
  host.getSourceFile = (file, language, ...rest) => {
    const text = files.get(file);
    return text === undefined
      ? getSourceFile(file, language, ...rest)
      : ts.createSourceFile(file, text, language, true);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${file}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
}
