import { readFileSync } from "node:fs";
import ts from "typescript";

/** The module of test/bits that trains and hashes, as JavaScript. It imports only the package. */
export function stepsAsJavaScript(): string {
  const source = readFileSync(new URL("../bits/two-hundred-steps.ts", import.meta.url), "utf8");
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

/** An ES module as a CommonJS module. */
export function asCommonJs(code: string): string {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}
