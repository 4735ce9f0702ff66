import type { ParamsFormat } from "numgrad/files";
import { find, setText } from "../elements.js";
import type { Texts } from "../strings/texts.js";
import { encodeNetwork, parseNetwork } from "./network-file.js";
import type { Params } from "./protocol.js";

/** What the buttons ask for. */
interface Wishes {
  /** The parameters of the network that is saved. */
  save(): Promise<Params>;
  /** Begins a run from these parameters. */
  load(params: Params): void;
}

/** The buttons that save a network to a file, and load one. */
export class FileButtons {
  readonly #texts: Texts;
  readonly #wishes: Wishes;
  readonly #said = find("#file-said", HTMLElement);
  readonly #reason = find("#file-reason", HTMLElement);
  /** Hidden units of the loaded network, or what is wrong with the file. */
  #outcome: { readonly units: number } | { readonly fault: string } | undefined;

  constructor(texts: Texts, wishes: Wishes) {
    this.#texts = texts;
    this.#wishes = wishes;
    find("#save-safetensors", HTMLButtonElement).addEventListener("click", () => this.#save("safetensors"));
    find("#save-npz", HTMLButtonElement).addEventListener("click", () => this.#save("npz"));
    const input = find("#load-file", HTMLInputElement);
    find("#load", HTMLButtonElement).addEventListener("click", () => input.click());
    input.addEventListener("change", async () => {
      const [file] = input.files ?? [];
      if (file) await this.#load(file);
      // The same file can be chosen again.
      input.value = "";
    });
    texts.follow(() => this.#show());
  }

  /** Says no more what became of the last file. */
  forget(): void {
    this.#outcome = undefined;
    this.#show();
  }

  async #save(format: ParamsFormat): Promise<void> {
    const bytes = await encodeNetwork(await this.#wishes.save(), format);
    const url = URL.createObjectURL(new Blob([bytes as BlobPart]));
    Object.assign(document.createElement("a"), { href: url, download: `numgrad.${format}` }).click();
    // The browser reads the address after the click.
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  async #load(file: File): Promise<void> {
    try {
      const params = await parseNetwork(new Uint8Array(await file.arrayBuffer()));
      this.#wishes.load(params);
      this.#outcome = { units: params.b1.length };
    } catch (error) {
      this.#outcome = { fault: error instanceof Error ? error.message : String(error) };
    }
    this.#show();
  }

  #show(): void {
    const { loaded, badFile } = this.#texts.strings.training;
    const outcome = this.#outcome;
    setText(this.#said, outcome === undefined ? "" : "units" in outcome ? loaded(outcome.units) : badFile);
    setText(this.#reason, outcome !== undefined && "fault" in outcome ? outcome.fault : "");
  }
}
