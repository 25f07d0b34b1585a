import { h } from "../dom";
import { plain, reach, short } from "../numbers";
import type { Leaf, Send } from "../protocol";
import { parted, scalarName } from "../state";

/** A slider and a number for one scalar, with an arrow downhill under the slider. */
export class Knob {
  readonly element: HTMLElement;
  private readonly name = h("span", { class: "ml-knob-name" });
  private readonly range: HTMLInputElement;
  private readonly number: HTMLInputElement;
  private readonly downhill = h("span", { class: "ml-downhill" });
  private readonly ghost = h("span", { class: "ml-ghost", hidden: true });
  private span = 2;
  private value = Number.NaN;
  private index: number;
  private asked = 0;

  constructor(
    private readonly leaf: Leaf,
    index: number,
    private readonly send: Send,
    live: boolean,
  ) {
    this.index = index;
    this.range = h("input", {
      type: "range",
      step: "any",
      min: -2,
      max: 2,
      disabled: !live,
      "data-lm-suppress-shortcuts": true,
    });
    this.number = h("input", {
      type: "number",
      step: "any",
      disabled: !live,
      "data-lm-suppress-shortcuts": true,
    });
    this.element = h(
      "div",
      { class: "ml-knob" },
      this.name,
      h("span", { class: "ml-slider" }, this.range, this.ghost, this.downhill),
      this.number,
    );
    this.choose(index);
    this.range.addEventListener("input", () => this.turn(this.range.valueAsNumber));
    this.range.addEventListener("keydown", (event) => this.nudge(event));
    this.number.addEventListener("change", () => {
      if (Number.isFinite(this.number.valueAsNumber)) this.turn(this.number.valueAsNumber);
    });
  }

  /** Show another scalar of the leaf. */
  choose(index: number): void {
    this.index = index;
    const full = scalarName(this.leaf, index);
    // Without room the name is cut, and the index in the leaf stays.
    const [, own] = parted(this.leaf.name);
    this.name.replaceChildren(h("span", {}, own), full.slice(this.leaf.name.length));
    this.name.title = full;
    this.range.setAttribute("aria-label", full);
    this.number.setAttribute("aria-label", `${full}, number`);
    this.value = Number.NaN;
  }

  get flat(): number {
    return (this.leaf.offset ?? 0) + this.index;
  }

  private turn(value: number): void {
    this.asked = this.send({ type: "set", name: this.leaf.name, index: this.index, value });
  }

  /** Move by a hundredth, or an integer by one; `step="any"` leaves the step of arrow keys to the browser. */
  private nudge(event: KeyboardEvent): void {
    const sign = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (sign === undefined) return;
    event.preventDefault();
    const share = (this.span / 2) * (event.shiftKey ? 0.1 : 0.02);
    const stride = this.leaf.dtype.startsWith("float") ? share : Math.max(1, Math.round(share));
    const from = Number.isFinite(this.value) ? this.value : 0;
    const value = Number((from + sign * stride).toPrecision(12));
    this.range.value = String(value);
    this.value = value;
    this.turn(value);
  }

  /** Show the value of the server, unless it has not yet answered the last change. */
  show(answered: number, value: number, slope: number | null, ghost: number | null): void {
    if (value !== this.value && answered >= this.asked) {
      this.value = value;
      this.adapt(value);
      if (Number.isFinite(value)) this.range.value = String(value);
      this.range.setAttribute("aria-valuetext", short(value));
      if (!this.number.matches(":focus")) this.number.value = Number.isFinite(value) ? plain(value) : "";
    }
    this.ghost.hidden = ghost === null;
    if (ghost !== null) this.ghost.style.left = this.place(ghost);
    this.showDownhill(value, slope);
  }

  /** Widen the range at once, and narrow it only if it is far too wide. */
  private adapt(value: number): void {
    const wanted = reach(value);
    const outside = Math.abs(value) > this.span;
    if (!(outside || wanted * 4 < this.span) || !Number.isFinite(wanted)) return;
    this.span = wanted;
    this.range.min = String(-wanted);
    this.range.max = String(wanted);
  }

  private place(value: number): string {
    const share = Math.min(1, Math.max(0, (value + this.span) / (2 * this.span)));
    // The thumb of the slider, 14 pixels wide, stays within its ends.
    return `calc(7px + ${share.toFixed(4)} * (100% - 14px))`;
  }

  private showDownhill(value: number, slope: number | null): void {
    const { style } = this.downhill;
    if (slope === null || !Number.isFinite(slope) || slope === 0) {
      style.visibility = "hidden";
      return;
    }
    // Slopes span orders of magnitude; asinh keeps small ones visible.
    const length = Math.min(48, 3 + 9 * Math.asinh(20 * Math.abs(slope)));
    style.visibility = "visible";
    style.left = this.place(value);
    style.setProperty("--length", `${length.toFixed(1)}px`);
    this.downhill.classList.toggle("ml-left", slope > 0);
    const label = `downhill: −∂L/∂θ = ${short(-slope)}`;
    if (this.downhill.title !== label) this.downhill.title = label;
  }
}

