import { h, write } from "../dom";
import { fixed, percent } from "../numbers";
import type { Panel } from "../panel";
import type { State } from "../state";

/** The metrics: losses, accuracy, confusion matrix. */
export function readoutPanel(): Panel {
  const cells = {
    loss: h("dd"),
    full: h("dd"),
    test: h("dd"),
    accuracy: h("dd"),
  };
  const names = { train: h("dt"), test: h("dt"), accuracy: h("dt") };
  const numbers = h(
    "dl",
    { class: "ml-numbers" },
    h("div", {}, names.train, cells.loss),
    h("div", {}, names.test, cells.test),
    h("div", {}, h("dt", {}, "Full loss, their sum"), cells.full),
    h("div", {}, names.accuracy, cells.accuracy),
  );
  const confusion = confusionTable();
  const element = h("div", { class: "ml-readout" }, numbers, confusion.element);
  return {
    element,
    update(state) {
      const { train, test, full_loss } = state.header;
      write(names.train, `Training loss, ${train.points} points`);
      write(names.test, `Test loss, ${test.points} points`);
      write(names.accuracy, test.points > 0 ? "Test accuracy" : "Training accuracy");
      write(cells.loss, fixed(train.loss));
      write(cells.full, fixed(full_loss, 2));
      write(cells.test, fixed(test.loss));
      write(cells.accuracy, percent(test.points > 0 ? test.accuracy : train.accuracy));
      confusion.update(state);
    },
  };
}

/** The confusion matrix as a table. */
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
