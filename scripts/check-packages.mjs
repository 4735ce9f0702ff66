// What npm, and the tools that its users trust, say of the public packages.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { PUBLIC, pack } from "./tarball.mjs";
import { ROOT, run } from "./tools.mjs";

const TARBALLS = join(ROOT, "target/tarballs");

/** Entry points without types: the raw module, which is no JavaScript. */
const UNTYPED = ["./core.wasm"];

/** Warnings of `npm publish` that are not about the package: of this machine's settings, and that nobody is logged in. */
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
  return [
    [`publint: ${name}`, () => checkByPublint(packed())],
    [`are the types wrong: ${name}`, () => checkTypes(packed())],
    [`npm publish --dry-run: ${name}`, () => checkPublish(join(ROOT, PUBLIC[name]))],
  ];
});

/**
 * Suggestions count as well.
 *
 * @param {string} tarball
 */
function checkByPublint(tarball) {
  const { ok, output } = run("publint", ["run", tarball, "--strict"]);
  return { ok: ok && output.includes("All good!"), output };
}

/**
 * The profile for ESM only: Node since 20.19 takes ESM by `require` as well, which test/matrix tests; TypeScript's
 * resolution of CommonJS modules before that, and that of Node 10, which knows no `exports`, do not count.
 *
 * @param {string} tarball
 */
function checkTypes(tarball) {
  return run("attw", [tarball, "--profile", "esm-only", "--no-emoji", "--exclude-entrypoints", ...UNTYPED]);
}

/**
 * npm corrects what it does not like in package.json with a warning; there must be none. Offline, or it would refuse a
 * version that is already published.
 *
 * @param {string} cwd
 */
function checkPublish(cwd) {
  const { ok, output } = run("npm", ["publish", "--dry-run", "--offline"], { cwd });
  const warnings = output.split("\n").filter((line) => /^npm (warn|error)/.test(line) && !NOT_OURS.test(line));
  return { ok: ok && warnings.length === 0, output: warnings.join("\n") || output };
}
