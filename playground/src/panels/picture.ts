import { Canvas } from "../drawing/canvas";
import { heatBitmap } from "../drawing/heatmap";
import { paint, scalesOf, scene, type Scales } from "../drawing/scene";
import { h, write } from "../dom";
import { fixed, short } from "../numbers";
import type { Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";
import type { Theme } from "../theme";

const MARGIN = { left: 44, right: 8, top: 8, bottom: 36 };

/** The picture: data, scores as colours, separators; the user adds and removes points here. */
export function picturePanel(send: Send): Panel {
  let state: State | null = null;
  let theme: Theme | null = null;
  let scales: Scales | null = null;
  const canvas = new Canvas("The data and the model's score", draw);
  const element = h("div", { class: "ml-picture", tabindex: 0, role: "application" }, canvas.element);
  const how =
    "Click adds a point of class +1, shift-click of class −1, alt-click removes. " +
    "By keyboard: arrow keys move the pointer, 1 and 2 add, Delete removes.";
  element.setAttribute("aria-label", `Picture of the data. ${how}`);
  const pointed = h("p", { class: "ml-pointer", title: how });
  const whole = h("div", {}, element, pointed);

  function draw(): void {
    const context = canvas.begin();
    if (context === null || state === null || theme === null) return;
    const width = canvas.width - MARGIN.left - MARGIN.right;
    const height = canvas.height - MARGIN.top - MARGIN.bottom;
    scales = scalesOf(state, width, height);
    context.save();
    context.translate(MARGIN.left, MARGIN.top);
    drawAxes(context, state, scales, theme, width, height);
    context.beginPath();
    context.rect(0, 0, width, height);
    context.clip();
    if (state.heat !== null) {
      context.imageSmoothingEnabled = true;
      context.imageSmoothingQuality = "high";
      context.drawImage(heatBitmap(state.heat, state.resolution, theme.ramp), 0, 0, width, height);
    }
    paint(context, scene(state, scales, theme));
    drawProbe(context, state, scales, theme);
    context.restore();
  }

  let pending = false;
  let pointer: [number, number] | null = null;

  function probe(): void {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => {
      pending = false;
      if (pointer === null) send({ type: "probe" });
      else send({ type: "probe", u: pointer[0], v: pointer[1] });
    });
  }

  function place(event: MouseEvent): [number, number] | null {
    if (scales === null) return null;
    const box = canvas.element.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left - MARGIN.left, event.clientY - box.top - MARGIN.top];
    const [, width] = scales.x.range() as [number, number];
    const [height] = scales.y.range() as [number, number];
    if (px < 0 || py < 0 || px > width || py > height) return null;
    return [scales.x.invert(px), scales.y.invert(py)];
  }

  canvas.element.addEventListener("pointermove", (event) => {
    pointer = place(event);
    probe();
  });
  canvas.element.addEventListener("pointerleave", () => {
    pointer = null;
    probe();
  });
  canvas.element.addEventListener("click", (event) => {
    const at = place(event);
    if (at !== null) change(at, event.altKey ? 0 : event.shiftKey ? -1 : 1);
  });

  function change([u, v]: [number, number], label: -1 | 0 | 1): void {
    if (label === 0) {
      const row = state === null || scales === null ? -1 : nearest(state, scales, u, v);
      if (row >= 0) send({ type: "remove", row });
    } else {
      send({ type: "add", u, v, label });
    }
  }

  element.addEventListener("keydown", (event) => {
    if (state === null || scales === null) return;
    // For a line, the second axis is the score.
    const [left, right] = scales.x.domain() as [number, number];
    const [bottom, top] = scales.y.domain() as [number, number];
    const [low, high] = [[left, bottom], [right, top]] as const;
    const at: [number, number] = pointer ?? [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2];
    const stride = event.shiftKey ? 0.1 : 0.02;
    const [du, dv] = [stride * (high[0] - low[0]), stride * (high[1] - low[1])];
    const moves: Record<string, readonly [number, number]> = {
      ArrowLeft: [-du, 0],
      ArrowRight: [du, 0],
      ArrowUp: [0, dv],
      ArrowDown: [0, -dv],
    };
    const move = moves[event.key];
    if (move !== undefined) {
      pointer = [
        Math.min(high[0], Math.max(low[0], at[0] + move[0])),
        Math.min(high[1], Math.max(low[1], at[1] + move[1])),
      ];
      probe();
    } else if (event.key === "1" || event.key === "2") {
      change(at, event.key === "1" ? 1 : -1);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      change(at, 0);
    } else {
      return;
    }
    event.preventDefault();
  });

  return {
    element: whole,
    update(next, colours) {
      state = next;
      theme = colours;
      draw();
      write(pointed, underPointer(next, scales, pointer));
    },
  };
}

/** Return a text about the score at the pointer, its slope, and the nearest point. */
function underPointer(state: State, scales: Scales | null, pointer: readonly [number, number] | null): string {
  const { header, axes } = state;
  const probe = header.probe;
  if (probe === undefined) return "Hover for the score. Click, shift-click, alt-click change the points.";
  const [first, second] = axes.labels;
  const [du, dv] = [short(probe.slope[0]), short(probe.slope[1])];
  const one = axes.features.length === 1;
  const place =
    `${first} ${fixed(probe.u, 2)}${one ? "" : `   ${second} ${fixed(probe.v, 2)}`}\n` +
    `m(x) ${short(probe.score)}   ∂m/∂x ${one ? du : `(${du}, ${dv})`}`;
  const [u, v] = pointer ?? [probe.u, probe.v];
  const row = scales === null ? -1 : nearest(state, scales, u, v);
  if (row < 0) return place;
  const label = state.labels[row] ?? 0;
  return (
    `${place}\nnearest point: label ${label > 0 ? "+1" : "−1"}   ` +
    `margin ${short(label * (state.scores[row] ?? 0))}   loss ${short(state.losses[row])}`
  );
}

/** Return the index of the point nearest to a position, within 18 pixels; -1 if there is none. */
export function nearest(state: State, { x, y }: Scales, u: number, v: number): number {
  let best = -1;
  let distance = 18;
  for (let i = 0; i < state.labels.length; i++) {
    const dx = x(state.positions[2 * i] ?? 0) - x(u);
    const height = state.line === null ? (state.positions[2 * i + 1] ?? 0) : (state.labels[i] ?? 0);
    const away = Math.hypot(dx, y(height) - y(v));
    if (away < distance) {
      distance = away;
      best = i;
    }
  }
  return best;
}

function drawAxes(
  context: CanvasRenderingContext2D,
  state: State,
  { x, y }: Scales,
  theme: Theme,
  width: number,
  height: number,
): void {
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = theme.faint;
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of x.ticks(5)) context.fillText(short(tick), x(tick), height + 6);
  context.fillText(state.axes.labels[0], width / 2, height + 21);
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of y.ticks(5)) context.fillText(short(tick), -6, y(tick));
  context.save();
  context.translate(-34, height / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.fillText(state.line === null ? state.axes.labels[1] : "score m(x), label y", 0, 0);
  context.restore();
}

/** Draw the pointer, and the direction in which the score grows. */
function drawProbe(
  context: CanvasRenderingContext2D,
  state: State,
  { x, y }: Scales,
  theme: Theme,
): void {
  const probe = state.header.probe;
  if (probe === undefined || state.line !== null) return;
  const [px, py] = [x(probe.u), y(probe.v)];
  const [gu, gv] = probe.slope;
  if (gu === null || gv === null) return;
  // In pixels, since the axes may have different units; asinh, since slopes span orders of magnitude.
  const [dx, dy] = [gu * (x(1) - x(0)), gv * (y(1) - y(0))];
  const size = Math.hypot(dx, dy);
  context.strokeStyle = theme.ink;
  context.fillStyle = theme.ink;
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(px, py, 2.5, 0, 2 * Math.PI);
  context.fill();
  if (size === 0) return;
  const length = 12 * Math.asinh(size / 40) + 8;
  const angle = Math.atan2(dy, dx);
  const [ex, ey] = [px + length * Math.cos(angle), py + length * Math.sin(angle)];
  context.beginPath();
  context.moveTo(px, py);
  context.lineTo(ex, ey);
  for (const turn of [2.6, -2.6]) {
    context.moveTo(ex, ey);
    context.lineTo(ex + 7 * Math.cos(angle + turn), ey + 7 * Math.sin(angle + turn));
  }
  context.stroke();
}
