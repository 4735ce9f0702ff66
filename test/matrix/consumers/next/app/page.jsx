import { allHashes } from "../all-hashes.js";
import { Client } from "./client.jsx";

// Trains on the server for every request, not once in the build.
export const dynamic = "force-dynamic";

export default async function Page() {
  return <Client server={await allHashes()} />;
}
