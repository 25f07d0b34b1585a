import { Canvas } from "../drawing/canvas";
import { h } from "../dom";
import type { Leaf, Send } from "../protocol";
import { scalarName } from "../state";
import { byteOf, type Theme } from "../theme";
import { Knob } from "./knob";

/** A leaf with many scalars as a heatmap, with a knob for the chosen cell. */
export class Matrix {
  readonly element: HTMLElement;
  private readonly canvas: Canvas;
  private readonly knob: Knob;
  private readonly rows: number;
  private readonly columns: number;
  private chosen = 0;
  private values: Float32Array = new Float32Array(0);
  private theme: Theme | null = null;

  constructor(
    private readonly leaf: Leaf,
    send: Send,
    live: boolean,
    private readonly repaint: () => void,
  ) {
    const size = leaf.shape.reduce((a, b) => a * b, 1);
    this.columns = leaf.shape.at(-1) ?? 1;
    this.rows = size / this.columns;
    this.knob = new Knob(leaf, 0, send, live);
    this.canvas = new Canvas("", () => this.draw());
    this.canvas.element.removeAttribute("role");
    this.canvas.element.removeAttribute("aria-label");
    this.canvas.element.setAttribute("aria-hidden", "true");
    this.canvas.element.style.height = `${Math.min(120, Math.max(14, this.rows * 14))}px`;
    const grid = h("div", { class: "ml-cells", tabindex: 0, role: "application" }, this.canvas.element);
    grid.setAttribute(
      "aria-label",
      `${leaf.name}, ${leaf.shape.join(" by ")}: arrow keys choose a number`,
    );
    grid.setAttribute("data-lm-suppress-shortcuts", "");
    grid.addEventListener("keydown", (event) => this.move(event));
    grid.addEventListener("pointerdown", (event) => this.point(event));
    this.element = h("div", { class: "ml-matrix" }, grid, this.knob.element);
  }

  get flat(): number {
    return this.knob.flat;
  }

  private move(event: KeyboardEvent): void {
    const by: Record<string, readonly [number, number]> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
    };
    const step = by[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const row = clamp(Math.floor(this.chosen / this.columns) + step[0], this.rows);
    const column = clamp((this.chosen % this.columns) + step[1], this.columns);
    this.choose(row * this.columns + column);
  }

  private point(event: PointerEvent): void {
    const box = this.canvas.element.getBoundingClientRect();
    const column = clamp(Math.floor(((event.clientX - box.left) / box.width) * this.columns), this.columns);
    const row = clamp(Math.floor(((event.clientY - box.top) / box.height) * this.rows), this.rows);
    this.choose(row * this.columns + column);
  }

  private choose(index: number): void {
    this.chosen = index;
    this.knob.choose(index);
    this.repaint();
  }

  show(
    answered: number,
    values: Float32Array,
    gradient: Float32Array | null,
    ghost: Float32Array | null,
    theme: Theme,
  ): void {
    const from = this.leaf.offset ?? 0;
    this.values = values.subarray(from, from + this.rows * this.columns);
    this.theme = theme;
    const at = from + this.chosen;
    this.knob.show(answered, values[at] ?? 0, gradient?.[at] ?? null, ghost?.[at] ?? null);
    this.draw();
  }

  private draw(): void {
    const context = this.canvas.begin();
    if (context === null || this.theme === null) return;
    const [w, t] = [this.canvas.width / this.columns, this.canvas.height / this.rows];
    const gap = Math.min(w, t) > 6 ? 1 : 0;
    let largest = 1e-9;
    for (const value of this.values) if (Math.abs(value) > largest) largest = Math.abs(value);
    for (let i = 0; i < this.values.length; i++) {
      const byte = byteOf((this.values[i] ?? 0) / largest);
      const [r, g, b] = [0, 1, 2].map((c) => this.theme?.ramp[3 * byte + c] ?? 0);
      context.fillStyle = `rgb(${r} ${g} ${b})`;
      const [column, row] = [i % this.columns, Math.floor(i / this.columns)];
      context.fillRect(column * w, row * t, w - gap, t - gap);
      if (i === this.chosen) {
        context.strokeStyle = this.theme.ink;
        context.lineWidth = 1.5;
        context.strokeRect(column * w + 0.75, row * t + 0.75, w - gap - 1.5, t - gap - 1.5);
      }
    }
  }

  get label(): string {
    return scalarName(this.leaf, this.chosen);
  }
}

function clamp(value: number, size: number): number {
  return Math.min(size - 1, Math.max(0, value));
}
