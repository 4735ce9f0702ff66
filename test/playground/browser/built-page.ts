import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { serveFolder } from "../../support/browser-pages.js";

const PLAYGROUND = fileURLToPath(new URL("../../../packages/playground", import.meta.url));

interface Site {
  readonly url: string;
  /** Whether MNIST's files are missing. */
  withoutData: boolean;
  readonly close: () => void;
}

/** Builds the page as a static site and serves it. `close` ends that. */
export async function serveBuiltPage(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "numgrad-page-"));
  const configFile = join(PLAYGROUND, "vite.config.ts");
  await build({ root: PLAYGROUND, configFile, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  const site: Site = { url: "", withoutData: false, close: () => close() };
  const { url, server } = await serveFolder(folder, (path) => !(site.withoutData && path.startsWith("/mnist/")));
  const close = () => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return Object.assign(site, { url });
}
