import { h } from "./dom";
import type { State } from "./state";
import type { Theme } from "./theme";

/** One part of the page: an element, and how it follows the state. */
export interface Panel {
  readonly element: HTMLElement;
  update(state: State, theme: Theme): void;
}

/** Give a part of the page its heading. */
export function titled(title: string, ...children: readonly (Node | string)[]): HTMLElement {
  return h("section", { class: "ml-panel", "aria-label": title }, h("h2", {}, title), ...children);
}
