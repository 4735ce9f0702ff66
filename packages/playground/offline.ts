import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "vite";

const ROOT = fileURLToPath(new URL(".", import.meta.url));

const NAME = "service-worker.js";

/** What the page needs to open and to train: all but MNIST's four whole files, and what stands beside the page. */
const KEPT = /^(index\.html|icon\.svg|assets\/.+|mnist\/first\/.+)$/;

/** Gives the site a service worker, so that the page opens without a network after its first load. */
export function offline(): Plugin {
  let folder = "";
  return {
    name: "offline",
    apply: "build",
    configResolved: ({ root, build: { outDir } }) => {
      folder = resolve(root, outDir);
    },
    transformIndexHtml: () => [
      { tag: "meta", attrs: { name: "service-worker", content: `./${NAME}` }, injectTo: "head" },
    ],
    writeBundle: () => writeServiceWorker(folder),
  };
}

/** Writes the service worker of a built site. It knows the files to keep by their names and hashes. */
export async function writeServiceWorker(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((file) => KEPT.test(file))
    .sort();
  const kept = files.map((url) => ({ url, revision: hashOf(join(folder, url)) }));
  await build({
    ...{ root: ROOT, configFile: false, publicDir: false, logLevel: "error" },
    define: { KEPT_FILES: JSON.stringify(kept) },
    build: {
      ...{ outDir: folder, emptyOutDir: false, target: "es2022", modulePreload: false },
      rollupOptions: {
        input: join(ROOT, "src/offline/service-worker.ts"),
        output: { format: "iife", entryFileNames: NAME },
      },
    },
  });
}

function hashOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16);
}
