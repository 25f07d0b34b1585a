/** The colours of canvases, read from the style sheet, so that they follow the dark mode. */
export interface Theme {
  readonly ink: string;
  readonly faint: string;
  readonly rule: string;
  readonly paper: string;
  readonly positive: string;
  readonly negative: string;
  readonly accent: string;
  readonly test: string;
  /** Red, green and blue for each byte of the heatmap; byte 0, not a number, is grey. */
  readonly ramp: Uint8ClampedArray;
}

/** Return whether the notebook, or else the user's system, is dark. */
export function isDark(): boolean {
  const { classList, dataset } = document.body;
  const jupyter = dataset["jpThemeLight"];
  if (jupyter !== undefined) return jupyter === "false";
  if (classList.contains("dark") || classList.contains("light")) return classList.contains("dark");
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

export function readTheme(element: HTMLElement): Theme {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ink: colour("--ink"),
    faint: colour("--faint"),
    rule: colour("--rule"),
    paper: colour("--paper"),
    positive: colour("--positive"),
    negative: colour("--negative"),
    accent: colour("--accent"),
    test: colour("--test"),
    ramp: ramp(colour("--heat-negative"), colour("--heat-zero"), colour("--heat-positive")),
  };
}

/** Return the score, from -1 to 1, of a byte of the heatmap; the server sends its root. */
export function scoreOf(byte: number): number {
  const root = (byte - 128) / 127;
  return root * Math.abs(root);
}

/** Return the byte of a score from -1 to 1. */
export function byteOf(score: number): number {
  return 128 + Math.round(127 * Math.sign(score) * Math.sqrt(Math.abs(score)));
}

// A step at zero separates the two regions even if the scores are small.
function ramp(negative: string, zero: string, positive: string): Uint8ClampedArray {
  const [low, middle, high] = [channels(negative), channels(zero), channels(positive)];
  const table = new Uint8ClampedArray(256 * 3);
  for (let byte = 0; byte < 256; byte++) {
    const share = byte === 128 ? 0 : 0.16 + 0.84 * Math.abs(scoreOf(byte));
    const end = byte < 128 ? low : high;
    for (let c = 0; c < 3; c++) {
      const from = middle[c] ?? 0;
      table[3 * byte + c] = byte === 0 ? 128 : from + share * ((end[c] ?? 0) - from);
    }
  }
  return table;
}

function channels(hex: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}
