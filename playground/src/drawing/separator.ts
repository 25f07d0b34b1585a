import { scoreOf } from "../theme";

const ZERO = 128;
const SCORES = Float64Array.from({ length: 256 }, (_, byte) => scoreOf(byte));

/**
 * Trace m(x) = 0 through a heatmap by marching squares.
 *
 * Returns a path in pixels of a `width` by `height` picture; cells with a byte 0, whose score is
 * not a number, have no separator.
 */
export function separator(heat: Uint8Array, columns: number, width: number, height: number): string {
  const parts: string[] = [];
  const rows = Math.floor(heat.length / columns);
  const x = (column: number): string => (((column + 0.5) * width) / columns).toFixed(2);
  const y = (row: number): string => (((row + 0.5) * height) / rows).toFixed(2);
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const a = heat[at] ?? 0;
      const b = heat[at + 1] ?? 0;
      const c = heat[at + columns + 1] ?? 0;
      const d = heat[at + columns] ?? 0;
      const kind = Number(a > ZERO) | (Number(b > ZERO) << 1) | (Number(c > ZERO) << 2) | (Number(d > ZERO) << 3);
      if (kind === 0 || kind === 15 || a * b * c * d === 0) continue;
      const cut = (from: number, to: number): number => {
        const [low, high] = [SCORES[from] ?? 0, SCORES[to] ?? 0];
        return -low / (high - low);
      };
      const top = (): string => `${x(column + cut(a, b))} ${y(row)}`;
      const right = (): string => `${x(column + 1)} ${y(row + cut(b, c))}`;
      const bottom = (): string => `${x(column + cut(d, c))} ${y(row + 1)}`;
      const left = (): string => `${x(column)} ${y(row + cut(a, d))}`;
      for (const [from, to] of SEGMENTS[kind] ?? []) {
        const ends = { top, right, bottom, left };
        parts.push(`M${ends[from]()}L${ends[to]()}`);
      }
    }
  }
  return parts.join("");
}

type Side = "top" | "right" | "bottom" | "left";

const SEGMENTS: readonly (readonly (readonly [Side, Side])[])[] = [
  [],
  [["left", "top"]],
  [["top", "right"]],
  [["left", "right"]],
  [["right", "bottom"]],
  [["left", "top"], ["right", "bottom"]],
  [["top", "bottom"]],
  [["left", "bottom"]],
  [["left", "bottom"]],
  [["top", "bottom"]],
  [["left", "bottom"], ["top", "right"]],
  [["right", "bottom"]],
  [["left", "right"]],
  [["top", "right"]],
  [["left", "top"]],
  [],
];
