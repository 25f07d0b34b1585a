import { Canvas } from "../drawing/canvas";
import { axes, trace } from "../drawing/plot";
import { h } from "../dom";
import { titled, type Panel } from "../panel";
import type { State } from "../state";
import type { Theme } from "../theme";

/** The point loss as a curve, with each training point at its margin. */
export function marginPanel(): Panel {
  let state: State | null = null;
  let theme: Theme | null = null;
  const canvas = new Canvas("Point loss against margin, one mark for each point", draw);
  const hint = h("span", { class: "ml-hint" }, "against the margin y·m(x)");
  const element = titled("Point loss", [hint], canvas.element);

  function draw(): void {
    const context = canvas.begin();
    if (context === null || state === null || theme === null) return;
    const { pointLoss, labels, scores, losses, held } = state;
    const high = pointLoss === null ? 4 : Math.max(1.5, Math.min(6, Math.max(...pointLoss)));
    const frame = { width: canvas.width, height: canvas.height, left: 34, right: 8, top: 16, bottom: 20 };
    const { x, y } = axes(context, frame, [-3, 3], [0, high], theme);
    context.strokeStyle = theme.rule;
    context.beginPath();
    context.moveTo(x(0), y(0));
    context.lineTo(x(0), y(high));
    context.stroke();
    context.save();
    context.beginPath();
    context.rect(30, 4, canvas.width - 34, canvas.height - 22);
    context.clip();
    if (pointLoss !== null) {
      context.strokeStyle = theme.accent;
      context.lineWidth = 2;
      // The curve is a function of the negated margin, from -3 to 3.
      const last = pointLoss.length - 1;
      trace(context, pointLoss.length, (i) => [x(3 - (6 * i) / last), y(pointLoss[i] ?? 0)]);
    }
    context.globalAlpha = 0.75;
    for (let i = 0; i < labels.length; i++) {
      if (held[i]) continue;
      const label = labels[i] ?? 0;
      const px = x(Math.min(3, Math.max(-3, label * (scores[i] ?? 0))));
      const py = y(Math.min(high, losses[i] ?? 0));
      context.fillStyle = label > 0 ? theme.positive : theme.negative;
      context.beginPath();
      if (label > 0) context.arc(px, py, 3, 0, 2 * Math.PI);
      else context.rect(px - 2.7, py - 2.7, 5.4, 5.4);
      context.fill();
    }
    context.restore();
  }

  return {
    element,
    update(next, colours) {
      state = next;
      theme = colours;
      draw();
    },
  };
}
