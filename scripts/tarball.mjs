// Packs the public packages as they are published.
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Failure, must, ROOT } from "./tools.mjs";

/** The folder of each public package. */
export const PUBLIC = {
  numgrad: "packages/numgrad",
  "numgrad-figures": "packages/figures",
  "numgrad-train": "packages/train",
  "numgrad-sweep": "packages/sweep",
};

/**
 * Packs a built package by pnpm, which publishes it too: pnpm turns `workspace:` in the dependencies into versions.
 *
 * @param {keyof typeof PUBLIC} name
 * @param {string} folder Folder for the tarball.
 * @returns {string} path of the tarball
 */
export function pack(name, folder) {
  mkdirSync(folder, { recursive: true });
  must("pnpm", ["pack", "--pack-destination", folder], { cwd: join(ROOT, PUBLIC[name]) });
  const tarball = readdirSync(folder).find((file) => /^(.*)-\d.*\.tgz$/.exec(file)?.[1] === name);
  if (!tarball) throw new Failure(`pnpm pack has left no tarball of ${name} in ${folder}`);
  return join(folder, tarball);
}
