import { defineConfig } from "vite";
import { offline } from "./offline.js";
import { serveMnist } from "./serve-mnist.js";
import { singleFile } from "./single-file.js";

// A page that is isolated by these headers may share memory, so the networks train with several threads.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** `vite build --mode single-file` makes one HTML file instead of a site; `--mode site` shows the links to the API and the essay. */
export default defineConfig(({ mode }) => {
  const isSingle = mode === "single-file";
  return {
    // The page may be in any folder of a host, so its links are relative.
    base: "./",
    appType: "mpa",
    plugins: isSingle ? singleFile() : [serveMnist(), offline()],
    worker: { format: isSingle ? "iife" : "es" },
    server: { headers },
    preview: { headers },
    build: {
      target: "es2022",
      modulePreload: { polyfill: false },
      outDir: isSingle ? "dist/single-file" : "dist",
      copyPublicDir: !isSingle,
    },
  };
});
