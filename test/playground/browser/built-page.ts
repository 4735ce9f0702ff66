import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { serveFolder } from "../../support/browser-pages.js";

const PLAYGROUND = fileURLToPath(new URL("../../../packages/playground", import.meta.url));

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

interface Site {
  readonly url: string;
  /** The same files without the headers that isolate a page, as a simple host sends them. */
  readonly plainUrl: string;
  /** Whether MNIST's files are missing. */
  withoutData: boolean;
  readonly close: () => void;
}

/** Builds the page as a static site and serves it. `close` ends that. */
export async function serveBuiltPage(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "numgrad-page-"));
  const configFile = join(PLAYGROUND, "vite.config.ts");
  await build({ root: PLAYGROUND, configFile, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  const site: Site = { url: "", plainUrl: "", withoutData: false, close: () => close() };
  const isThere = (path: string) => !(site.withoutData && path.startsWith("/mnist/"));
  const { url, server } = await serveFolder(folder, isThere, ISOLATED);
  const plain = await serveFolder(folder, isThere);
  const close = () => {
    for (const each of [server, plain.server]) {
      each.closeAllConnections();
      each.close();
    }
    rmSync(folder, { recursive: true, force: true });
  };
  return Object.assign(site, { url, plainUrl: plain.url });
}
