import * as numgrad from "numgrad";
import * as files from "numgrad/files";
import * as figures from "numgrad-figures";
import * as drawing from "numgrad-figures/node";
import * as vitest from "vitest";
import { describe, expect, test } from "vitest";
import { agrees, docExamples, typeErrors, withClaims, withLoads, withoutImports } from "./support/doc-examples.js";

// Every @example of the packages is compiled and run. If a comment states the value of a line, the line must have this
// value.

const examples = docExamples();
const entries = {
  numgrad,
  "numgrad/files": files,
  "numgrad-figures": figures,
  "numgrad-figures/node": drawing,
} as const;
const given = { ...numgrad, ...files, ...figures, ...drawing };
const names = Object.keys(given);

/** The modules that an example may import. It has the names of the packages without an import. */
const modules: Readonly<Record<string, unknown>> = { ...entries, vitest };
const load = (name: string) => modules[name] ?? expect.fail(`no module ${name} for examples`);

type AsyncFunction = new (...parameters: string[]) => (...values: unknown[]) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as AsyncFunction;

test.each(Object.entries(entries))("every function and class of %s has an example", (_, exported) => {
  const documented = new Set(examples.map(({ name }) => name.replace(/.*: /, "")));
  const missing = Object.entries(exported)
    .filter(([name, value]) => typeof value === "function" && !name.endsWith("Error") && !documented.has(name))
    .map(([name]) => name);
  expect(missing).toEqual([]);
});

test("the examples make more than fifty claims", () => {
  expect(examples.reduce((sum, { code }) => sum + withClaims(code).claims, 0)).toBeGreaterThan(50);
});

test("the examples are TypeScript without errors", () => {
  const importAll = ([from, entry]: [string, object]) => `import { ${Object.keys(entry).join(", ")} } from "${from}";`;
  const imports = Object.entries(entries).map(importAll).join("\n");
  const head = `${imports}\nimport type { Matrix } from "numgrad";`;
  const sources = new Map(
    examples.map(({ code }, i) => {
      const { imports: own, rest } = withoutImports(code);
      return [`${i}.ts`, `${head}\n${own}\nexport async function example() {\n${rest}\n}`];
    }),
  );
  // The declaration in the comment of gradientMatchers.
  const matchers = "interface Matchers<T> extends GradientMatchers<T> {}";
  sources.set(
    "matchers.ts",
    `import type { GradientMatchers } from "numgrad";\ndeclare module "vitest" { ${matchers} }`,
  );
  const named = (error: string) => error.replace(/.*\/doc-examples\/(\d+)\.ts/, (_, i) => examples[i]?.name ?? "");
  expect(typeErrors(sources).map(named)).toEqual([]);
});

describe("each example runs, and its claims are true", () => {
  test.each(examples.filter(({ runs }) => runs))("$name", async ({ code }) => {
    let claimed = 0;
    const claim = (value: unknown, text: string) => {
      claimed++;
      if (!agrees(value, text)) expect(value, `"${text}"`).toBe("what the comment says");
    };
    const { script, claims } = withClaims(withLoads(code));
    // The example is a block, because it may declare a name that the package exports too.
    await new AsyncFunction(...names, "load", "claim", `{ ${script} }`)(...Object.values(given), load, claim);
    expect(claimed).toBe(claims);
  });
});

describe("the tests of claims", () => {
  test("find the claims, and no claim in prose", () => {
    const { script, claims } = withClaims(
      'f(1); // 2\nf(2); // the second\nconst x = 3; // 3\ns(x); // x is ["a"]\nawait g(); // Float64Array [1]: one\n',
    );
    expect(claims).toBe(3);
    expect(script).toContain('claim(f(1), "2");');
    expect(script).toContain("\nf(2);");
    expect(script).toContain('s(x);\nclaim(x, "[\\"a\\"]");');
    expect(script).toContain('claim(await g(), "Float64Array [1]: one");');
  });

  test("compare text, and allow prose after the value", () => {
    expect(agrees(0.1, "0.1")).toBe(true);
    expect(agrees(0.1, "0.1, about")).toBe(true);
    expect(agrees(0.1, "0.12")).toBe(false);
    expect(agrees(0.1, "0.1e5")).toBe(false);
    expect(agrees(Float64Array.of(1, 2), "Float64Array [1, 2]")).toBe(true);
    expect(agrees(Float64Array.of(1, 2), "[1, 2]: both")).toBe(true);
    expect(agrees(Float64Array.of(1, 2), "Float32Array [1, 2]")).toBe(false);
    expect(agrees({ a: ["b"] }, '{ a: ["b"] }')).toBe(true);
    expect(agrees(true, "false")).toBe(false);
  });
});
