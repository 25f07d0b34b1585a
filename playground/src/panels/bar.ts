import { button, field, fill, h, select, write } from "../dom";
import type { Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";

const SPEEDS: readonly (readonly [string, string])[] = [
  ["1", "1 per second"],
  ["5", "5 per second"],
  ["20", "20 per second"],
  ["100", "100 per second"],
  ["1000", "1000 per second"],
  ["1000000", "as fast as possible"],
];

const RATES = [0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1, 2, 3, 10];

const BATCHES: readonly (readonly [string, string])[] = [
  ["0", "all points"],
  ...[1, 5, 10, 20, 50, 100].map((size) => [String(size), String(size)] as const),
];

/** The top bar: play, step, reset, and the options of training. */
export function barPanel(send: Send, live: boolean): Panel & { readonly fields: HTMLElement } {
  let playing = false;
  const play = button("Play", () => send({ type: playing ? "pause" : "play" }), { class: "ml-play" });
  const step = button("Step", () => send({ type: "step" }), { title: "Make one training step" });
  const reset = button("Reset", () => send({ type: "reset" }), { title: "Return to the same start" });
  const reseed = button("New seed", () => send({ type: "reseed" }), {
    title: "Draw new points and parameters",
  });
  const undo = button("Undo", () => send({ type: "undo" }));
  const redo = button("Redo", () => send({ type: "redo" }));
  const steps = h("span", { class: "ml-steps" });
  const speed = select("Speed", (value) => send({ type: "tune", speed: Number(value) }));
  const optimizer = select("Optimiser", (value) => send({ type: "tune", optimizer: value }));
  const rate = select("Learning rate", (value) => send({ type: "tune", rate: Number(value) }));
  const batch = select("Batch size", (value) => send({ type: "tune", batch: Number(value) }));
  const loss = select("Loss", (value) => send({ type: "tune", loss: value }));
  const fields = h(
    "div",
    { class: "ml-fields" },
    field("Speed", speed),
    field("Loss", loss),
    field("Optimiser", optimizer),
    field("Rate", rate),
    field("Batch", batch),
  );
  const element = h(
    "div",
    { class: "ml-bar", role: "group", "aria-label": "Training" },
    h("div", { class: "ml-buttons" }, play, step, reset, ...(live ? [reseed, undo, redo] : [])),
    steps,
  );
  return {
    element,
    fields,
    update(state: State) {
      const { header, menus } = state;
      const { config } = header;
      playing = header.playing;
      write(play, playing ? "Pause" : "Play");
      play.classList.toggle("ml-playing", playing);
      write(steps, `step ${header.step}`);
      undo.disabled = !header.undo;
      redo.disabled = !header.redo;
      fill(speed, withOther(SPEEDS, String(config.speed)), String(config.speed));
      fill(optimizer, menus.optimizers.map((name) => [name, name]), config.optimizer);
      fill(loss, menus.losses.map((name) => [name, name]), config.loss);
      fill(rate, withOther(RATES.map((r) => [String(r), String(r)]), String(config.rate)), String(config.rate));
      fill(batch, withOther(BATCHES, String(config.batch)), String(config.batch));
    },
  };
}

/** Add a value from a script or a link to the usual ones. */
function withOther(
  options: readonly (readonly [string, string])[],
  value: string,
): readonly (readonly [string, string])[] {
  if (options.some(([known]) => known === value)) return options;
  return [...options, [value, value] as const].sort((a, b) => Number(a[0]) - Number(b[0]));
}
