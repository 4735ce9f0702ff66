import { ArgumentError, loadMnist } from "numgrad";

/** Checks that the functions that load data sets can be called wherever they are imported. */
export async function checkLoading() {
  const error = await loadMnist({ directory: 5 }).catch((error) => error);
  if (!(error instanceof ArgumentError)) throw error;
}
