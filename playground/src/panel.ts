import { h } from "./dom";
import type { State } from "./state";
import type { Theme } from "./theme";

/** One part of the page: an element, and how it follows the state. */
export interface Panel {
  readonly element: HTMLElement;
  update(state: State, theme: Theme): void;
}

/** Give a part of the page its heading, and what stands beside the heading. */
export function titled(
  title: string,
  beside: readonly (Node | string)[],
  ...children: readonly Node[]
): HTMLElement {
  const head = h("div", { class: "ml-title" }, h("h2", {}, title), ...beside);
  return h("section", { class: "ml-panel", "aria-label": title }, head, ...children);
}
