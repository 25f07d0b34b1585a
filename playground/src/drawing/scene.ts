import { scaleLinear, type ScaleLinear } from "d3-scale";

import type { State } from "../state";
import type { Theme } from "../theme";
import { separator } from "./separator";

/** One outline of the picture, for a canvas or an SVG file. */
export interface Shape {
  readonly path: string;
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly dash?: readonly number[];
}

export interface Scales {
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

export function scalesOf(state: State, width: number, height: number): Scales {
  const { low, high } = state.axes;
  const [bottom, top] = state.line === null ? [low[1], high[1]] : lineExtent(state);
  return {
    x: scaleLinear([low[0], high[0]], [0, width]),
    y: scaleLinear([bottom, top], [height, 0]),
  };
}

function lineExtent(state: State): [number, number] {
  const end = Math.max(1.5, ...(state.line ?? []).map(Math.abs).filter(Number.isFinite));
  return [-1.1 * end, 1.1 * end];
}

/** Return all shapes over the heatmap, from back to front. */
export function scene(state: State, scales: Scales, theme: Theme): Shape[] {
  const [, width] = scales.x.range() as [number, number];
  const [height] = scales.y.range() as [number, number];
  const shapes: Shape[] = [];
  if (state.line !== null) shapes.push(...lineShapes(state.line, scales, theme));
  if (state.ghost !== null && state.line === null) {
    const columns = Math.round(Math.sqrt(state.ghost.length));
    const path = separator(state.ghost, columns, width, height);
    shapes.push({ path, stroke: theme.ink, width: 1.25, dash: [4, 4] });
  }
  if (state.heat !== null) {
    const path = separator(state.heat, state.resolution, width, height);
    shapes.push({ path, stroke: theme.paper, width: 4 }, { path, stroke: theme.ink, width: 1.75 });
  }
  shapes.push(...marks(state, scales, theme));
  return shapes;
}

function lineShapes(line: Float32Array, { x, y }: Scales, theme: Theme): Shape[] {
  const [left, right] = x.range() as [number, number];
  const at = (index: number): number => left + (index / (line.length - 1)) * (right - left);
  let path = "";
  line.forEach((score, index) => {
    if (!Number.isFinite(score)) return;
    path += `${path === "" ? "M" : "L"}${at(index).toFixed(1)} ${y(score).toFixed(1)}`;
  });
  const zero = `M${left} ${y(0)}L${right} ${y(0)}`;
  return [
    { path: zero, stroke: theme.faint, width: 1, dash: [2, 3] },
    { path, stroke: theme.accent, width: 2 },
  ];
}

const RADIUS = 4.5;

/** Return the points: circles for +1, squares for -1, hollow for test points, with rings for the loss. */
function marks(state: State, { x, y }: Scales, theme: Theme): Shape[] {
  const solid = { positive: "", negative: "" };
  const hollow = { positive: "", negative: "" };
  const rings = { positive: "", negative: "" };
  const crosses = { solid: "", hollow: "" };
  for (let i = 0; i < state.labels.length; i++) {
    const score = state.scores[i] ?? 0;
    const label = state.labels[i] ?? 0;
    const px = x(state.positions[2 * i] ?? 0);
    const py = y(state.line === null ? (state.positions[2 * i + 1] ?? 0) : label);
    const kind = label > 0 ? "positive" : "negative";
    const outline = label > 0 ? circle(px, py, RADIUS) : square(px, py, RADIUS - 0.4);
    if (state.held[i]) hollow[kind] += outline;
    else solid[kind] += outline;
    const ring = ringRadius(state.losses[i] ?? 0);
    if (ring > RADIUS + 1.2) rings[kind] += circle(px, py, ring);
    // A score that is not a number is on neither side, so it is wrong.
    const right = label > 0 ? score > 0 : score <= 0;
    if (!right) crosses[state.held[i] ? "hollow" : "solid"] += cross(px, py, 2);
  }
  return [
    { path: rings.negative, stroke: theme.negative, width: 0.75 },
    { path: rings.positive, stroke: theme.positive, width: 0.75 },
    { path: solid.negative, fill: theme.negative, stroke: theme.paper, width: 1 },
    { path: solid.positive, fill: theme.positive, stroke: theme.paper, width: 1 },
    { path: hollow.negative, fill: theme.paper, stroke: theme.negative, width: 1.75 },
    { path: hollow.positive, fill: theme.paper, stroke: theme.positive, width: 1.75 },
    { path: crosses.hollow, stroke: theme.ink, width: 1.5 },
    { path: crosses.solid, stroke: theme.paper, width: 1.5 },
  ].filter((shape) => shape.path !== "");
}

/** Return the radius of a ring whose area grows with the loss, up to a limit. */
function ringRadius(loss: number): number {
  if (!Number.isFinite(loss)) return 18;
  return RADIUS + Math.min(14, 5.5 * Math.sqrt(Math.max(0, loss)));
}

function circle(x: number, y: number, r: number): string {
  return `M${(x + r).toFixed(1)} ${y.toFixed(1)}a${r} ${r} 0 1 1 ${-2 * r} 0a${r} ${r} 0 1 1 ${2 * r} 0Z`;
}

function square(x: number, y: number, r: number): string {
  return `M${(x - r).toFixed(1)} ${(y - r).toFixed(1)}h${2 * r}v${2 * r}h${-2 * r}Z`;
}

function cross(x: number, y: number, r: number): string {
  return `M${x - r} ${y - r}l${2 * r} ${2 * r}M${x + r} ${y - r}l${-2 * r} ${2 * r}`;
}

export function paint(context: CanvasRenderingContext2D, shapes: readonly Shape[]): void {
  for (const { path, fill, stroke, width, dash } of shapes) {
    const outline = new Path2D(path);
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fill(outline);
    }
    if (stroke !== undefined) {
      context.strokeStyle = stroke;
      context.lineWidth = width ?? 1;
      context.setLineDash([...(dash ?? [])]);
      context.stroke(outline);
    }
  }
  context.setLineDash([]);
}
