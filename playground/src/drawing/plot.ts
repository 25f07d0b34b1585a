import { scaleLinear, type ScaleLinear } from "d3-scale";

import { short } from "../numbers";
import type { Theme } from "../theme";

export interface Plot {
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly bottom: number;
  readonly top: number;
  readonly right: number;
}

/** Draw the axes of a small plot; with `whole`, the ticks of x are integers. */
export function axes(
  context: CanvasRenderingContext2D,
  frame: Frame,
  [x0, x1]: readonly [number, number],
  [y0, y1]: readonly [number, number],
  theme: Theme,
  whole = false,
): Plot {
  const { width, height, left, bottom, top, right } = frame;
  const x = scaleLinear([x0, x1], [left, width - right]);
  const y = scaleLinear([y0, y1], [height - bottom, top]);
  context.font = "11px system-ui, sans-serif";
  context.fillStyle = theme.faint;
  context.strokeStyle = theme.rule;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(left, Math.round(y(y0)) + 0.5);
  context.lineTo(width - right, Math.round(y(y0)) + 0.5);
  context.stroke();
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const tick of x.ticks(5)) {
    if (whole && !Number.isInteger(tick)) continue;
    // A label at the end would be cut; it is aligned to the right instead.
    const end = x(tick) > width - 14;
    context.textAlign = end ? "right" : "center";
    context.fillText(short(tick), end ? width : x(tick), y(y0) + 5);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const tick of y.ticks(3)) context.fillText(short(tick), left - 6, y(tick));
  return { x, y };
}

/** Join points by a line, with gaps for values that are not finite. */
export function trace(
  context: CanvasRenderingContext2D,
  count: number,
  place: (index: number) => readonly [number, number],
): void {
  context.beginPath();
  let pen = false;
  for (let i = 0; i < count; i++) {
    const [px, py] = place(i);
    if (!Number.isFinite(px) || !Number.isFinite(py)) {
      pen = false;
    } else if (pen) {
      context.lineTo(px, py);
    } else {
      context.moveTo(px, py);
      pen = true;
    }
  }
  context.stroke();
}

/** Return the smallest and the largest finite value, with a margin. */
export function extent(values: Iterable<number>, floor = Number.POSITIVE_INFINITY): [number, number] {
  let [low, high] = [floor, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(low <= high)) return [0, 1];
  const room = high > low ? 0.05 * (high - low) : 0.5;
  return [low === floor ? low : low - room, high + room];
}
