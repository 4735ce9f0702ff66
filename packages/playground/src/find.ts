/** Finds the element of the page for a selector. */
export function find<T extends Element>(selector: string, type: { new (): T }): T {
  const element = document.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${type.name} ${selector}`);
}
