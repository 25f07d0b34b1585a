import { h, write } from "../dom";
import { fixed, percent, short } from "../numbers";
import type { Panel } from "../panel";
import type { State } from "../state";

/** The numbers under the picture: losses, accuracy, confusion, and what is under the pointer. */
export function readoutPanel(): Panel {
  const cells = {
    loss: h("dd"),
    full: h("dd"),
    test: h("dd"),
    accuracy: h("dd"),
  };
  const numbers = h(
    "dl",
    { class: "ml-numbers" },
    h("div", {}, h("dt", {}, "Training loss"), cells.loss),
    h("div", {}, h("dt", {}, "Test loss"), cells.test),
    h("div", {}, h("dt", {}, "Full loss"), cells.full),
    h("div", {}, h("dt", {}, "Accuracy"), cells.accuracy),
  );
  const confusion = confusionTable();
  const pointer = h("p", { class: "ml-pointer" });
  const element = h("div", { class: "ml-readout" }, numbers, confusion.element, pointer);
  return {
    element,
    update(state) {
      const { train, test, full, probe } = state.header;
      write(cells.loss, fixed(train.loss));
      write(cells.full, fixed(full, 2));
      write(cells.test, fixed(test.loss));
      write(cells.accuracy, percent(test.points > 0 ? test.accuracy : train.accuracy));
      confusion.update(state);
      write(
        pointer,
        probe === undefined
          ? "Point at the picture for the score and its slope."
          : `${state.axes.labels[0]} ${fixed(probe.u, 2)}   ${state.axes.labels[1]} ${fixed(probe.v, 2)}   ` +
              `m(x) ${short(probe.score)}   ∂m/∂x (${short(probe.slope[0])}, ${short(probe.slope[1])})`,
      );
    },
  };
}

/** How many points of each class are scored on which side. */
function confusionTable(): { element: HTMLElement; update(state: State): void } {
  const cells = [h("td"), h("td"), h("td"), h("td")] as const;
  const caption = h("caption");
  const positive = h("th", { scope: "row" });
  const negative = h("th", { scope: "row" });
  const element = h(
    "table",
    { class: "ml-confusion" },
    caption,
    h(
      "thead",
      {},
      h("tr", {}, h("td"), h("th", { scope: "col" }, "m > 0"), h("th", { scope: "col" }, "m ≤ 0")),
    ),
    h(
      "tbody",
      {},
      h("tr", {}, positive, cells[0], cells[1]),
      h("tr", {}, negative, cells[2], cells[3]),
    ),
  );
  return {
    element,
    update(state) {
      const part = state.header.test.points > 0 ? state.header.test : state.header.train;
      const [tp, fp, tn, fn] = part.counts;
      write(caption, state.header.test.points > 0 ? "Test points" : "Training points");
      write(positive, state.axes.classes[1]);
      write(negative, state.axes.classes[0]);
      [tp, fn, fp, tn].forEach((value, index) => {
        const cell = cells[index];
        if (cell === undefined) return;
        write(cell, String(value));
        cell.classList.toggle("ml-wrong", (index === 1 || index === 2) && value > 0);
      });
    },
  };
}
