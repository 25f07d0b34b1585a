import { button, fill, h, select, write } from "../dom";
import type { Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";

/** The bookmarks, and the comparison of two moments. */
export function momentsPanel(send: Send): Panel {
  let state: State | null = null;
  const keep = button("Bookmark", () => {
    if (state !== null) send({ type: "bookmark", name: `step ${state.header.step}, loss ${state.header.train.loss?.toFixed(3) ?? "?"}` });
  });
  const marks = select("Bookmarks", (value) => {
    if (value !== "") send({ type: "recall", index: Number(value) });
  });
  const compare = button("Compare with this", () => {
    if (state !== null) send({ type: "compare", at: state.header.compared === undefined ? state.header.at : null });
  });
  const element = h("div", { class: "ml-buttons ml-moments" }, keep, marks, compare);
  return {
    element,
    update(next) {
      state = next;
      const { header } = next;
      const names = (header.bookmarks ?? []).map((mark, at) => [String(at), mark.name] as const);
      marks.hidden = names.length === 0;
      fill(marks, [["", "Go to…"], ...names], "");
      write(compare, header.compared === undefined ? "Compare with this" : `Stop comparing with ${header.compared.name}`);
      compare.classList.toggle("ml-on", header.compared !== undefined);
    },
  };
}
