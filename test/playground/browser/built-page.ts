import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer-core";
import { build } from "vite";
import { serveFolder } from "../../support/browser-pages.js";

const PLAYGROUND = fileURLToPath(new URL("../../../packages/playground", import.meta.url));

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

interface Site {
  readonly url: string;
  /** The same files without the headers that isolate a page, as a simple host sends them. */
  readonly plainUrl: string;
  /** The folder that is served. */
  readonly folder: string;
  /** Paths of files that the host does not have. */
  missing: RegExp | undefined;
  /** Ends the host, as if there were no network. */
  readonly stop: () => void;
  /** Starts the host again at the same address. */
  readonly restart: () => Promise<void>;
  readonly close: () => void;
}

/** Builds the page as a static site and serves it. `close` ends that. */
export async function serveBuiltPage(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), "numgrad-page-"));
  const configFile = join(PLAYGROUND, "vite.config.ts");
  await build({ root: PLAYGROUND, configFile, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  const host: { missing: RegExp | undefined } = { missing: undefined };
  const isThere = (path: string) => !host.missing?.test(path);
  const { url, server } = await serveFolder(folder, isThere, ISOLATED);
  const plain = await serveFolder(folder, isThere);
  const stop = () => {
    for (const each of [server, plain.server]) {
      each.closeAllConnections();
      each.close();
    }
  };
  const restart = () =>
    new Promise<void>((resolve) => {
      server.listen(Number(new URL(url).port), "127.0.0.1", resolve);
    });
  const close = () => {
    stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return Object.assign(host, { url, plainUrl: plain.url, folder, stop, restart, close });
}

/** Waits until the page has all images: it can train before, on the first ones. */
export async function hasAllImages(page: Page): Promise<void> {
  await page.waitForSelector("#loading[hidden]");
  await page.waitForSelector("button[name=run]:enabled");
}
