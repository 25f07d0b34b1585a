/** A canvas that fits its box at the resolution of the screen. */
export class Canvas {
  readonly element = document.createElement("canvas");
  readonly context: CanvasRenderingContext2D;
  width = 0;
  height = 0;

  constructor(label: string, resized: () => void) {
    const context = this.element.getContext("2d");
    if (context === null) throw new Error("This browser cannot draw on a canvas.");
    this.context = context;
    this.element.setAttribute("role", "img");
    this.element.setAttribute("aria-label", label);
    new ResizeObserver(() => {
      if (this.fit()) resized();
    }).observe(this.element);
  }

  /** Match the bitmap to the box; return whether it changed. */
  private fit(): boolean {
    const { clientWidth, clientHeight } = this.element;
    const density = window.devicePixelRatio;
    const [width, height] = [Math.round(clientWidth * density), Math.round(clientHeight * density)];
    if (width === this.element.width && height === this.element.height && this.width > 0) {
      return false;
    }
    this.element.width = width;
    this.element.height = height;
    this.width = clientWidth;
    this.height = clientHeight;
    return true;
  }

  /** Clear the canvas, and return its context in CSS pixels; null if it has no size yet. */
  begin(): CanvasRenderingContext2D | null {
    if (this.width === 0) this.fit();
    if (this.width === 0 || this.height === 0) return null;
    const density = window.devicePixelRatio;
    this.context.setTransform(density, 0, 0, density, 0, 0);
    this.context.clearRect(0, 0, this.width, this.height);
    return this.context;
  }
}
