import { defineConfig } from "vite";
import { serveMnist } from "./serve-mnist.js";

// A page that is isolated by these headers may share memory, so the networks train with several threads.
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  // The page may be in any folder of a host, so its links are relative.
  base: "./",
  appType: "mpa",
  plugins: [serveMnist()],
  worker: { format: "es" },
  server: { headers },
  preview: { headers },
  build: { target: "es2022", modulePreload: { polyfill: false } },
});
