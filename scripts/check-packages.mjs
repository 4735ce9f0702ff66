// Checks the public packages by publint, are-the-types-wrong and npm's own dry run.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PUBLIC, pack } from "./tarball.mjs";
import { ROOT, run } from "./tools.mjs";

const TARBALLS = join(ROOT, "target/tarballs");

/** Entry points without types: the raw WebAssembly module is no JavaScript. */
const UNTYPED = ["./core.wasm"];

/** Warnings of `npm publish` that are not about the package but about this machine's settings or the missing login. */
const NOT_OURS =
  /^npm warn (Unknown (user|env|project|builtin) config|publish This command requires you to be logged in)/;

/** @type {[label: string, action: () => import("./check.mjs").Result][]} */
export const PACKAGE_STEPS = /** @type {(keyof typeof PUBLIC)[]} */ (Object.keys(PUBLIC)).flatMap((name) => {
  let tarball = "";
  const packed = () => {
    if (tarball === "") {
      const folder = join(TARBALLS, name);
      rmSync(folder, { recursive: true, force: true });
      tarball = pack(name, folder);
    }
    return tarball;
  };
  /** @type {[string, () => import("./check.mjs").Result][]} */
  const types = hasTypes(name) ? [[`are the types wrong: ${name}`, () => checkTypes(name, packed())]] : [];
  return [
    [`publint: ${name}`, () => checkByPublint(packed())],
    ...types,
    [`npm publish --dry-run: ${name}`, () => checkPublish(join(ROOT, PUBLIC[name]))],
  ];
});

/**
 * Whether a package has types: numgrad-train and numgrad-sweep are programs and export none.
 *
 * @param {keyof typeof PUBLIC} name
 */
function hasTypes(name) {
  return "types" in JSON.parse(readFileSync(join(ROOT, PUBLIC[name], "package.json"), "utf8"));
}

/**
 * Asks publint. Its suggestions count as failures.
 *
 * @param {string} tarball
 */
function checkByPublint(tarball) {
  const { ok, output } = run("publint", ["run", tarball, "--strict"]);
  return { ok: ok && output.includes("All good!"), output };
}

/**
 * Asks are-the-types-wrong about every way in which TypeScript resolves the entries: as bundlers, as Node for ES modules
 * and for CommonJS, and as Node 10, which does not know `exports`. The figures are ES modules only, as Vega is.
 *
 * @param {keyof typeof PUBLIC} name
 * @param {string} tarball
 */
function checkTypes(name, tarball) {
  const rules = name === "numgrad-figures" ? ["--ignore-rules", "cjs-resolves-to-esm"] : [];
  return run("attw", [tarball, "--no-emoji", "--exclude-entrypoints", ...UNTYPED, ...rules]);
}

/**
 * Publishes without effect. npm corrects mistakes in package.json and warns about them; there must be no warning. It
 * runs offline, because npm would refuse a version that is already published.
 *
 * @param {string} cwd
 */
function checkPublish(cwd) {
  const { ok, output } = run("npm", ["publish", "--dry-run", "--offline"], { cwd });
  const warnings = output.split("\n").filter((line) => /^npm (warn|error)/.test(line) && !NOT_OURS.test(line));
  return { ok: ok && warnings.length === 0, output: warnings.join("\n") || output };
}
