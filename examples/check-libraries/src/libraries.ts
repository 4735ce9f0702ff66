import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packagesOf, provide } from "numgrad-benchmark/install";
import type { Foreign } from "./case.js";

/** Folder of the manifests with pinned versions. */
const SOURCES = fileURLToPath(new URL("../libraries", import.meta.url));

/** Folder for installed packages. Git ignores it. */
const INSTALLED = fileURLToPath(new URL("../.libraries", import.meta.url));

/** Packages that are installed. */
export interface Ready {
  load(name: string): Foreign;
  readonly packages: string[];
}

/** Packages that are installed, or one line that says why they are not. */
export type Installed = Ready | { readonly missing: string };

/** Installs the packages of a manifest by npm, unless they are installed already. */
export function install(group: string): Installed {
  const provided = provide(group, INSTALLED, SOURCES);
  if ("missing" in provided) return provided;
  const require = createRequire(join(provided.folder, "package.json"));
  return { load: (name) => require(name) as Foreign, packages: packagesOf(group, SOURCES) };
}
