import { h } from "../dom";
import { titled, type Panel } from "../panel";
import type { Leaf, Send } from "../protocol";
import { parted, type State } from "../state";
import type { Theme } from "../theme";
import { Knob } from "./knob";
import { Matrix } from "./matrix";

/** With more knobs, the groups are folded at first, and a search field appears. */
const MANY = 40;

/** The most scalars of a leaf with one slider each; larger leaves are heatmaps. */
const FEW = 4;

interface Row {
  readonly element: HTMLElement;
  readonly name: string;
  show(state: State, theme: Theme): void;
}

/** The knobs of all named leaves, grouped like the tree. */
export function knobsPanel(send: Send, live: boolean): Panel {
  const list = h("div", { class: "ml-knobs" });
  const search = h("input", { type: "search", placeholder: "Find a parameter", "aria-label": "Find a parameter" });
  search.setAttribute("data-lm-suppress-shortcuts", "");
  const none = h("p", { class: "ml-hint", hidden: true }, "No parameter has that name.");
  const element = titled("Parameters", [], search, list, none);
  element.classList.add("ml-parameters");
  let rows: readonly Row[] = [];
  let last: readonly [State, Theme] | null = null;

  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    let found = 0;
    for (const row of rows) {
      row.element.hidden = !row.name.toLowerCase().includes(wanted);
      if (!row.element.hidden) found += 1;
    }
    for (const group of list.querySelectorAll("details")) {
      const any = [...group.querySelectorAll<HTMLElement>(".ml-leaf")].some((leaf) => !leaf.hidden);
      group.hidden = !any;
      if (wanted !== "" && any) group.open = true;
    }
    none.hidden = found > 0;
  });

  function build(state: State): void {
    const total = state.leaves.reduce((sum, leaf) => sum + leaf.shape.reduce((a, b) => a * b, 1), 0);
    search.hidden = total <= MANY;
    search.value = "";
    none.hidden = true;
    rows = state.leaves.map((leaf) => leafRow(leaf, send, live, repaint));
    list.replaceChildren(...grouped(rows, total <= MANY));
  }

  function repaint(): void {
    if (last === null) return;
    for (const row of rows) row.show(...last);
  }

  return {
    element,
    update(state, theme) {
      if (state.fresh.has("leaves")) build(state);
      last = [state, theme];
      repaint();
    },
  };
}

function leafRow(leaf: Leaf, send: Send, live: boolean, repaint: () => void): Row {
  const size = leaf.shape.reduce((a, b) => a * b, 1);
  const { name, offset } = leaf;
  if (offset === null) {
    const text = `${name}: ${leaf.shape.join(" × ")} numbers, too many to turn by hand`;
    return { name, element: h("p", { class: "ml-leaf ml-hint" }, text), show: () => undefined };
  }
  if (size <= FEW) {
    const knobs = Array.from({ length: size }, (_, index) => new Knob(leaf, index, send, live));
    return {
      name,
      element: h("div", { class: "ml-leaf" }, ...knobs.map((knob) => knob.element)),
      show(state) {
        knobs.forEach((knob, index) => {
          const at = offset + index;
          knob.show(
            state.header.answered,
            state.values[at] ?? 0,
            state.gradient?.[at] ?? null,
            state.ghostValues?.[at] ?? null,
          );
        });
      },
    };
  }
  const matrix = new Matrix(leaf, send, live, repaint);
  const title = h(
    "p",
    { class: "ml-leaf-name" },
    parted(name)[1],
    h("span", {}, leaf.shape.join(" × ")),
  );
  return {
    name,
    element: h("div", { class: "ml-leaf" }, title, matrix.element),
    show: (state, theme) =>
      matrix.show(state.header.answered, state.values, state.gradient, state.ghostValues, theme),
  };
}

/** Group the leaves by their nodes. */
function grouped(rows: readonly Row[], open: boolean): HTMLElement[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const [node] = parted(row.name);
    groups.set(node, [...(groups.get(node) ?? []), row]);
  }
  const out: HTMLElement[] = [];
  let first = true;
  for (const [node, inside] of groups) {
    const elements = inside.map((row) => row.element);
    if (node === "") out.push(...elements);
    else {
      out.push(
        h("details", { open: open || first }, h("summary", { title: node }, node), ...elements),
      );
      first = false;
    }
  }
  return out;
}
