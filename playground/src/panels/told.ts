import { button, h, write } from "../dom";
import type { Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";

/** What the server has to say: a refusal, a pause, a fault of the model. */
export function toldPanel(send: Send): Panel & { lost(reason: string): void; found(): void } {
  const text = h("span");
  const back = button("Go to the last good moment", () => undefined);
  const element = h("div", { class: "ml-told", role: "status", "aria-live": "polite" }, text, back);
  let seek: number | null = null;
  let gone = false;
  back.addEventListener("click", () => {
    if (seek !== null) send({ type: "seek", at: seek });
  });
  back.hidden = true;
  return {
    element,
    update({ header }: State) {
      if (gone) return;
      const told = header.told;
      element.classList.toggle("ml-trouble", told !== undefined && told.kind !== "notice");
      element.classList.toggle("ml-shown", told !== undefined);
      write(text, told?.text ?? "");
      seek = told?.seek ?? null;
      back.hidden = seek === null;
    },
    lost(reason) {
      gone = true;
      element.classList.add("ml-trouble", "ml-shown");
      write(text, reason);
      back.hidden = true;
    },
    found() {
      gone = false;
    },
  };
}
