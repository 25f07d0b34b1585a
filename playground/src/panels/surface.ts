import { scaleLinear } from "d3-scale";

import { Canvas } from "../drawing/canvas";
import { heatBitmap } from "../drawing/heatmap";
import { trace } from "../drawing/plot";
import { h } from "../dom";
import { short } from "../numbers";
import { titled, type Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";
import { byteOf, type Theme } from "../theme";
import { knobSelect } from "./knob-select";

const LEFT = 46;
const BOTTOM = 20;

/** The loss over two knobs as a heatmap, pale for a low loss, with the path of the history. */
export function surfacePanel(send: Send): Panel {
  let state: State | null = null;
  let theme: Theme | null = null;
  const canvas = new Canvas("Loss over two parameters, with the path of the history", draw);
  const across = knobSelect("Second parameter of the loss map", (knob) => {
    if (state !== null) send({ type: "look", knobs: [state.header.view.knobs[0], knob] });
  });
  const first = h("span", { class: "ml-mono" });
  const element = titled("Loss over", [first, "and", across.element], canvas.element);

  function draw(): void {
    const context = canvas.begin();
    if (context === null || state === null || theme === null) return;
    const range = state.surfaceRange;
    if (range === null || state.surface === null) return;
    const [left, right, low, high, size] = range;
    if (!state.surface.some(Number.isFinite)) {
      context.font = "13px system-ui, sans-serif";
      context.fillStyle = theme.faint;
      context.textAlign = "left";
      context.fillText("No loss here is a finite number.", LEFT, 30);
      return;
    }
    const { width, height } = canvas;
    const x = scaleLinear([left, right], [LEFT, width - 8]);
    const y = scaleLinear([low, high], [height - BOTTOM, 6]);
    context.imageSmoothingEnabled = true;
    const bitmap = heatBitmap(levels(state.surface), size, theme.ramp);
    context.drawImage(bitmap, LEFT, 6, width - 8 - LEFT, height - BOTTOM - 6);
    context.font = "11px system-ui, sans-serif";
    context.fillStyle = theme.faint;
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const tick of x.ticks(5)) context.fillText(short(tick), x(tick), height - BOTTOM + 5);
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const tick of y.ticks(3)) context.fillText(short(tick), LEFT - 6, y(tick));
    const { path, values, header } = state;
    context.save();
    context.beginPath();
    context.rect(LEFT, 6, width - 8 - LEFT, height - BOTTOM - 6);
    context.clip();
    context.strokeStyle = theme.ink;
    context.lineWidth = 1.5;
    context.lineJoin = "round";
    trace(context, path.length / 2, (i) => [x(path[2 * i] ?? 0), y(path[2 * i + 1] ?? 0)]);
    const [a, b] = header.view.knobs;
    context.fillStyle = theme.ink;
    context.strokeStyle = theme.paper;
    context.beginPath();
    context.arc(x(values[a] ?? 0), y(values[b] ?? 0), 4.5, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    context.restore();
  }

  return {
    element,
    update(next, colours) {
      state = next;
      theme = colours;
      element.hidden = next.values.length < 2;
      first.textContent = next.knobName(next.header.view.knobs[0]);
      across.update(next, next.header.view.knobs[1]);
      draw();
    },
  };
}

/** Return losses as bytes of the upper half of the ramp; the root gives fine steps near the minimum. */
function levels(losses: Float32Array): Uint8Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const loss of losses) {
    if (!Number.isFinite(loss)) continue;
    if (loss < low) low = loss;
    if (loss > high) high = loss;
  }
  const out = new Uint8Array(losses.length);
  losses.forEach((loss, i) => {
    if (!Number.isFinite(loss)) return;
    const share = high > low ? Math.sqrt((loss - low) / (high - low)) : 0;
    out[i] = Math.max(129, byteOf(share));
  });
  return out;
}
