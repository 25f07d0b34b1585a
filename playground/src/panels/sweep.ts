import { Canvas } from "../drawing/canvas";
import { axes, extent, trace } from "../drawing/plot";
import { titled, type Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";
import type { Theme } from "../theme";
import { knobSelect } from "./knob-select";

/** The training loss along one knob; the others are fixed. */
export function sweepPanel(send: Send): Panel {
  let state: State | null = null;
  let theme: Theme | null = null;
  const canvas = new Canvas("Loss along one parameter", draw);
  const menu = knobSelect("Parameter along which the loss is drawn", (knob) => {
    if (state !== null) send({ type: "look", knobs: [knob, state.header.view.knobs[1]] });
  });
  const element = titled("Loss along", [menu.element], canvas.element);

  function draw(): void {
    const context = canvas.begin();
    if (context === null || state === null || theme === null || state.sweep === null) return;
    const { sweep, header, values } = state;
    const count = sweep.length / 2;
    const losses = Array.from({ length: count }, (_, i) => sweep[2 * i + 1] ?? Number.NaN);
    const [low, high] = [sweep[0] ?? 0, sweep[2 * count - 2] ?? 1];
    const frame = { width: canvas.width, height: canvas.height, left: 46, right: 8, top: 10, bottom: 20 };
    const [bottom, top] = extent(losses, 0);
    const { x, y } = axes(context, frame, [low, high], [bottom, top], theme);
    context.strokeStyle = theme.accent;
    context.lineWidth = 2;
    trace(context, count, (i) => [x(sweep[2 * i] ?? 0), y(losses[i] ?? Number.NaN)]);
    const here = values[header.view.knobs[0]] ?? 0;
    const loss = header.train.loss;
    context.strokeStyle = theme.rule;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x(here), 10);
    context.lineTo(x(here), canvas.height - 20);
    context.stroke();
    if (loss === null) return;
    context.fillStyle = theme.ink;
    context.beginPath();
    context.arc(x(here), y(loss), 4, 0, 2 * Math.PI);
    context.fill();
  }

  return {
    element,
    update(next, colours) {
      state = next;
      theme = colours;
      menu.update(next, next.header.view.knobs[0]);
      draw();
    },
  };
}
