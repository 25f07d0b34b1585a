import { Canvas } from "../drawing/canvas";
import { axes, trace, type Plot } from "../drawing/plot";
import { button, h, write } from "../dom";
import { fixed } from "../numbers";
import { titled, type Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";
import type { Theme } from "../theme";

const LEFT = 44;
const RIGHT = 8;

/** The loss over the history, with a scrubber. */
export function timePanel(send: Send): Panel {
  let state: State | null = null;
  let theme: Theme | null = null;
  let hover: number | null = null;
  let plot: Plot | null = null;
  const canvas = new Canvas("Loss over the history", draw);
  const scrubber = h("input", { type: "range", min: 0, max: 0, step: 1, "aria-label": "Moment" });
  scrubber.setAttribute("data-lm-suppress-shortcuts", "");
  let asked = 0;
  scrubber.addEventListener("input", () => {
    asked = send({ type: "seek", at: scrubber.valueAsNumber });
  });
  const where = h("span", { class: "ml-where" });
  const branches = h("span", { class: "ml-branches" });
  const training = h("span");
  const testing = h("span");
  const legend = h(
    "span",
    { class: "ml-legend" },
    h("i", { class: "ml-line" }),
    training,
    h("i", { class: "ml-line ml-test" }),
    testing,
  );
  const element = titled("Loss over time", [legend, branches, where], canvas.element, scrubber);
  element.classList.add("ml-time");

  canvas.element.addEventListener("pointermove", (event) => {
    hover = indexAt(event);
    draw();
  });
  canvas.element.addEventListener("pointerleave", () => {
    hover = null;
    draw();
  });
  canvas.element.addEventListener("click", (event) => {
    const at = indexAt(event);
    if (at !== null) send({ type: "seek", at });
  });

  function indexAt(event: PointerEvent | MouseEvent): number | null {
    if (plot === null || state === null) return null;
    const box = canvas.element.getBoundingClientRect();
    const at = Math.round(plot.x.invert(event.clientX - box.left));
    return Math.min(state.header.count - 1, Math.max(0, at));
  }

  function draw(): void {
    const context = canvas.begin();
    if (context === null || state === null || theme === null) return;
    const { train, test, header } = state;
    const last = Math.max(1, train.length - 1);
    const frame = { width: canvas.width, height: canvas.height, left: LEFT, right: RIGHT, top: 8, bottom: 20 };
    plot = axes(context, frame, [0, last], range(state), theme, true);
    const { x, y } = plot;
    context.save();
    context.beginPath();
    context.rect(LEFT, 0, canvas.width - LEFT - RIGHT, canvas.height - 18);
    context.clip();
    context.lineJoin = "round";
    context.lineWidth = 1.5;
    context.strokeStyle = theme.test;
    sparse(context, test.values, plot);
    context.strokeStyle = theme.accent;
    context.lineWidth = 2;
    dense(context, train.values, plot);
    for (const mark of header.bookmarks ?? []) {
      if (mark.at === null) continue;
      context.fillStyle = theme.ink;
      context.fillRect(x(mark.at) - 0.5, 8, 1, 8);
      context.beginPath();
      context.arc(x(mark.at), 8, 3, 0, 2 * Math.PI);
      context.fill();
    }
    const beside = header.compared?.at ?? null;
    if (beside !== null) vertical(context, x(beside), theme.ink, [4, 4]);
    vertical(context, x(header.at), theme.ink);
    const at = hover ?? header.at;
    for (const [curve, colour] of [[test, theme.test], [train, theme.accent]] as const) {
      const value = curve.at(at);
      if (!Number.isFinite(value)) continue;
      context.fillStyle = colour;
      context.beginPath();
      context.arc(x(at), y(value), 3.5, 0, 2 * Math.PI);
      context.fill();
    }
    if (hover !== null) vertical(context, x(hover), theme.faint, [2, 3]);
    context.restore();
    describe(state, at);
  }

  function describe(now: State, at: number): void {
    write(training, `training ${fixed(now.train.at(at), 4)}`);
    write(testing, `test ${fixed(now.test.at(at), 4)}`);
    write(where, `${at} of ${now.header.count - 1}`);
  }

  return {
    element,
    update(next, colours) {
      state = next;
      theme = colours;
      const { header } = next;
      scrubber.max = String(header.count - 1);
      scrubber.disabled = header.count < 2;
      if (header.answered >= asked) scrubber.value = String(header.at);
      scrubber.setAttribute("aria-valuetext", `moment ${header.at}, step ${header.step}`);
      showBranches(branches, header.branches ?? [], send);
      draw();
    },
  };
}

function showBranches(element: HTMLElement, branches: readonly number[], send: Send): void {
  const key = branches.join();
  if (element.dataset["branches"] === key) return;
  element.dataset["branches"] = key;
  element.replaceChildren(
    ...branches.map((length, branch) =>
      button(`Branch ${branch + 1}`, () => send({ type: "switch", branch }), {
        title: `Switch to this branch of ${length} moments`,
        class: "ml-quiet",
      }),
    ),
  );
}

function range(state: State): [number, number] {
  let [low, high] = [0, 0];
  for (const curve of [state.train.values, state.test.values]) {
    for (const value of curve) {
      if (!Number.isFinite(value)) continue;
      if (value > high) high = value;
      if (value < low) low = value;
    }
  }
  // An outlier must not flatten the rest.
  const start = state.train.at(0);
  const cap = Number.isFinite(start) && start > 0 ? 20 * start : high;
  return [low, Math.min(high, cap) * 1.05 || 1];
}

function vertical(
  context: CanvasRenderingContext2D,
  x: number,
  colour: string,
  dash: number[] = [],
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, 1000);
  context.stroke();
  context.setLineDash([]);
}

/** Draw the value of each moment, or the smallest and largest of those that share a pixel. */
function dense(context: CanvasRenderingContext2D, values: Float32Array, { x, y }: Plot): void {
  const [from, to] = x.range() as [number, number];
  const stride = Math.floor(values.length / (to - from));
  if (stride < 2) {
    trace(context, values.length, (i) => [x(i), y(values[i] ?? Number.NaN)]);
    return;
  }
  const count = Math.ceil(values.length / stride);
  const ends = new Float32Array(2 * count);
  for (let bucket = 0; bucket < count; bucket++) {
    let [low, high] = [Number.NaN, Number.NaN];
    for (let i = bucket * stride; i < Math.min(values.length, (bucket + 1) * stride); i++) {
      const value = values[i] ?? Number.NaN;
      if (!(value >= low)) low = Number.isNaN(value) ? low : value;
      if (!(value <= high)) high = Number.isNaN(value) ? high : value;
    }
    ends[2 * bucket] = low;
    ends[2 * bucket + 1] = high;
  }
  trace(context, ends.length, (i) => [x(Math.floor(i / 2) * stride), y(ends[i] ?? Number.NaN)]);
}

/** Draw a curve that has values at some moments only, joined across the others. */
function sparse(context: CanvasRenderingContext2D, values: Float32Array, { x, y }: Plot): void {
  context.beginPath();
  let pen = false;
  let column = -1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const px = x(i);
    if (pen && Math.floor(px * 2) === column) continue;
    column = Math.floor(px * 2);
    if (pen) context.lineTo(px, y(value));
    else context.moveTo(px, y(value));
    pen = true;
  }
  context.stroke();
}
