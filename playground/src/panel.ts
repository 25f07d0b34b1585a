import { h } from "./dom";
import type { State } from "./state";
import type { Theme } from "./theme";

/** One part of the page: an element, and its update from the state. */
export interface Panel {
  readonly element: HTMLElement;
  update(state: State, theme: Theme): void;
}

/** Create a section with a heading and elements beside the heading. */
export function titled(
  title: string,
  beside: readonly (Node | string)[],
  ...children: readonly Node[]
): HTMLElement {
  const head = h("div", { class: "ml-title" }, h("h2", {}, title), ...beside);
  return h("section", { class: "ml-panel", "aria-label": title }, head, ...children);
}
