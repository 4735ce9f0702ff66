// Names and code stay as they are in every language. Every other English word in a text of another language is a fault.
const NAMES = new Set(
  (
    "MNIST Deep Learning WebAssembly COOP COEP Rosenbrock worker numgrad playground English Space Delete Enter Page Down Home End Esc epoch " +
    "mini batch softmax sigmoid sin cos exp log float64 float32 safetensors npz URL HTML GitHub NumPy API"
  ).split(" "),
);

/** The English words of a text that are neither names nor code. */
export function englishWordsOf(text: string): string[] {
  return (text.match(/[A-Za-z][A-Za-z0-9]{2,}/g) ?? []).filter((word) => !NAMES.has(word));
}
