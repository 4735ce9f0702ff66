// Packs the public packages into `tarballs/`, for projects that cannot install them from the registry.
import { join } from "node:path";
import { PUBLIC, pack } from "./tarball.mjs";
import { main, ROOT } from "./tools.mjs";

await main(() => {
  for (const name of /** @type {(keyof typeof PUBLIC)[]} */ (Object.keys(PUBLIC))) {
    console.log(`npm install ${pack(name, join(ROOT, "tarballs"))}`);
  }
});
