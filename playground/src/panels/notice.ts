import { button, h, write } from "../dom";
import type { Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";

/** The notice of the server: a request that failed, a pause, an error of the model. */
export function noticePanel(send: Send): Panel & { lost(reason: string): void; found(): void } {
  const text = h("span");
  const back = button("Go to the last good moment", () => undefined);
  const element = h("div", { class: "ml-notice", role: "status", "aria-live": "polite" }, text, back);
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
      const notice = header.notice;
      element.classList.toggle("ml-trouble", notice !== undefined && notice.kind !== "notice");
      element.classList.toggle("ml-shown", notice !== undefined);
      write(text, notice?.text ?? "");
      seek = notice?.seek ?? null;
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
