import { field, h } from "../dom";
import { titled, type Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";

/** The stop rules of training. */
export function rulesPanel(send: Send): Panel {
  const step = rule("at step", 1, (value) => send({ type: "tune", stop_step: value === null ? null : Math.round(value) }));
  const loss = rule("loss ≤", 0.01, (value) => send({ type: "tune", stop_loss: value }));
  const accuracy = rule("accuracy ≥", 1, (value) =>
    send({ type: "tune", stop_accuracy: value === null ? null : Math.min(1, Math.max(0, value / 100)) }),
  );
  const element = titled("Pause when", [], step.element, loss.element, accuracy.element);
  return {
    element,
    update({ header: { config } }: State) {
      step.show(config.stop_step);
      loss.show(config.stop_loss);
      accuracy.show(config.stop_accuracy === null ? null : 100 * config.stop_accuracy);
    },
  };
}

function rule(
  label: string,
  step: number,
  changed: (value: number | null) => void,
): { element: HTMLElement; show(value: number | null): void } {
  const input = h("input", { type: "number", min: 0, step, placeholder: "never" });
  input.setAttribute("data-lm-suppress-shortcuts", "");
  input.addEventListener("change", () => {
    changed(Number.isFinite(input.valueAsNumber) ? Math.max(0, input.valueAsNumber) : null);
  });
  return {
    element: field(label, input),
    show(value) {
      if (input.matches(":focus")) return;
      input.value = value === null ? "" : String(value);
    },
  };
}
