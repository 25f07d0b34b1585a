import { button, h, write } from "../dom";
import type { Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";

/** The present step of the lecture, with buttons to the others. */
export function lessonPanel(send: Send): Panel {
  let index = 0;
  const count = h("span", { class: "ml-count" });
  const title = h("h2");
  const says = h("p");
  const tries = h("p", { class: "ml-tries" });
  const back = button("Back", () => send({ type: "lesson", index: index - 1 }));
  const next = button("Next", () => send({ type: "lesson", index: index + 1 }), { class: "ml-primary" });
  const again = button("Set up again", () => send({ type: "lesson", index }), { class: "ml-quiet" });
  const leave = button("Leave the lecture", () => send({ type: "lesson", index: null }), { class: "ml-quiet" });
  const element = h(
    "section",
    { class: "ml-lesson", "aria-label": "The lecture", hidden: true },
    h("div", { class: "ml-lesson-text" }, title, says, tries),
    h("div", { class: "ml-buttons" }, count, back, next, again, leave),
  );
  return {
    element,
    update({ header, menus }: State) {
      const lesson = header.lesson;
      element.hidden = lesson === undefined;
      if (lesson === undefined) return;
      index = lesson;
      const step = menus.lessons[lesson];
      write(count, `${lesson + 1} of ${menus.lessons.length}`);
      write(title, step?.title ?? "");
      write(says, step?.says ?? "");
      write(tries, step?.tries ?? "");
      back.disabled = lesson === 0;
      next.disabled = lesson + 1 >= menus.lessons.length;
    },
  };
}
