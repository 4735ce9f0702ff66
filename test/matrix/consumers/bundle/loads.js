import { ArgumentError, loadMnist } from "numgrad";

/** Data sets are loaded by a file of the package that is imported when one is: it must be found. */
export async function checkLoading() {
  const error = await loadMnist({ directory: 5 }).catch((error) => error);
  if (!(error instanceof ArgumentError)) throw error;
}
