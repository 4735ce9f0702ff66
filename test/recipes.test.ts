import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import puppeteer, { type Page } from "puppeteer-core";
import { afterAll, describe, expect, test } from "vitest";
import { CHROMIUM, serveFolder } from "./support/browser-pages.js";
import { programsOf } from "./support/programs.js";

// Every program of docs/recipes.md runs, and prints what stands below it.

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "packages/numgrad/dist");
const programs = programsOf(join(root, "docs/recipes.md"));
mkdirSync(join(root, "target"), { recursive: true });
// The folder is in the repository, so that the programs find the packages.
const folder = mkdtempSync(join(root, "target/recipes-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The program that has this text. */
function recipe(part: string) {
  const found = programs.filter(({ code }) => code.includes(part));
  expect(found).toHaveLength(1);
  const [{ code, printed }] = found as [(typeof found)[0]];
  return { code, printed };
}

function printedBy(code: string): string[] {
  writeFileSync(join(folder, "program.mjs"), code);
  return execFileSync(process.execPath, ["program.mjs"], { cwd: folder, encoding: "utf8", stdio: "pipe" })
    .trimEnd()
    .split("\n");
}

test("there are six recipes", () => {
  expect(programs).toHaveLength(6);
});

describe("a recipe prints what stands below it", () => {
  test.each([
    ["of a gradient written by hand", "Logistic regression"],
    ["of jax-js", "@jax-js/jax"],
    ["of mathjs", "mathjs"],
    ["of a differential equation", "Runge–Kutta"],
  ])("%s", (_, part) => {
    const { code, printed } = recipe(part);
    expect(printedBy(code)).toEqual(printed);
  });

  test("of TensorFlow.js", async () => {
    const { code, printed } = recipe("@tensorflow/tfjs");
    expect(printedBy(await withTensorFlow(code))).toEqual(printed);
    expect(printed.at(-1)).toMatch(/: (\d+), \1$/);
  });

  test.skipIf(!CHROMIUM)("of a WebGPU kernel, in Chromium", { timeout: 120_000 }, async (context) => {
    const { code, printed } = recipe("navigator.gpu");
    for (const name of readdirSync(dist)) if (name.endsWith(".js")) copyFileSync(join(dist, name), join(folder, name));
    writeFileSync(join(folder, "program.js"), code);
    const imports = '<script type="importmap">{ "imports": { "numgrad": "/index.js" } }</script>';
    writeFileSync(join(folder, "index.html"), `<!doctype html><title>WebGPU</title>${imports}`);
    const { url, server } = await serveFolder(folder, () => true);
    const browser = await puppeteer.launch({
      executablePath: CHROMIUM!.program,
      args: ["--no-sandbox", "--no-first-run", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
      protocolTimeout: 110_000,
      pipe: true,
    });
    try {
      const page = await browser.newPage();
      await page.goto(url);
      if (!(await hasWebGpu(page))) context.skip("this Chromium has no WebGPU, not even in software");
      const lines: string[] = [];
      page.on("console", (message) => {
        if (message.type() === "log") lines.push(message.text());
      });
      await page.evaluate('import("/program.js").then(() => undefined)');
      expect(lines).toEqual(printed);
    } finally {
      await browser.close();
      server.close();
    }
  });
});

function hasWebGpu(page: Page): Promise<boolean> {
  return page.evaluate(
    "navigator.gpu ? navigator.gpu.requestAdapter().then((adapter) => adapter !== null) : false",
  ) as Promise<boolean>;
}

/** A program with the parts of `@tensorflow/tfjs` that it needs: the whole package is large, and the tests need no more. */
async function withTensorFlow(code: string): Promise<string> {
  const parts = [
    'import "@tensorflow/tfjs-backend-cpu";',
    'import "@tensorflow/tfjs-core/dist/register_all_gradients.js";',
    'export * from "@tensorflow/tfjs-core";',
  ];
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    external: ["numgrad"],
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
    plugins: [
      {
        name: "tfjs",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^@tensorflow\/tfjs$/ }, ({ path }) => ({ path, namespace: "parts" }));
          onLoad({ filter: /.*/, namespace: "parts" }, () => ({ contents: parts.join("\n"), resolveDir: root }));
        },
      },
    ],
  });
  return outputFiles[0]!.text;
}
