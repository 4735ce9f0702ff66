/**
 * Lets the browser keep the page, so that it opens without a network from now on. The build of a site names its service
 * worker in a `<meta>`; the development server and the page in a single file have none. Nothing else depends on it:
 * browsers have no service workers on pages without https, and forbid them in some private windows and frames.
 */
export async function keepForOffline(): Promise<void> {
  const program = document.querySelector("meta[name=service-worker]")?.getAttribute("content");
  if (!program) return;
  try {
    await navigator.serviceWorker?.register(program, { updateViaCache: "none" });
  } catch {
    // The page works as before, with the network alone.
  }
}
