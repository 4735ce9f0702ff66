// The public packages as a registry would get them.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure, must, ROOT } from "./tools.mjs";

/** Folders of the public packages by their names. */
export const PUBLIC = { numgrad: "packages/numgrad", "numgrad-figures": "packages/figures" };

/**
 * Packs a built package by pnpm, which publishes it too: `workspace:` in its dependencies becomes a version.
 *
 * @param {keyof typeof PUBLIC} name
 * @param {string} folder Where the tarball goes.
 * @returns {string} path of the tarball
 */
export function pack(name, folder) {
  mkdirSync(folder, { recursive: true });
  must("pnpm", ["pack", "--pack-destination", folder], { cwd: join(ROOT, PUBLIC[name]) });
  const tarball = readdirSync(folder).find((file) => /^(.*)-\d.*\.tgz$/.exec(file)?.[1] === name);
  if (!tarball) throw new Failure(`pnpm pack has left no tarball of ${name} in ${folder}`);
  return join(folder, tarball);
}
