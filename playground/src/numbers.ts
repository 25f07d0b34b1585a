/** Format a number with three digits and a minus sign. */
export function short(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  const rounded = Number(value.toPrecision(digits));
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? rounded.toExponential() : String(rounded);
  return text.replaceAll("-", "−");
}

/** Format a number with fixed decimals, so that columns do not move. */
export function fixed(value: number | null | undefined, decimals = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e5 || (size !== 0 && size < 0.5 * 10 ** -decimals)) return short(value);
  return value.toFixed(decimals).replace("-", "−");
}

/** Format a float32 as a short decimal, for an input field. */
export function plain(value: number): string {
  const rounded = Number(value.toPrecision(4));
  const size = Math.abs(rounded);
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? rounded.toExponential() : String(rounded);
}

export function percent(value: number | null): string {
  return value === null ? "–" : `${(100 * value).toFixed(value === 1 ? 0 : 1)} %`;
}

/** Return the half-width of a knob's range: 1, 2 or 5 times a power of ten. */
export function reach(value: number): number {
  const size = 1.25 * Math.abs(value);
  if (!(size > 2)) return 2;
  const power = 10 ** Math.floor(Math.log10(size));
  for (const factor of [1, 2, 5]) if (factor * power >= size) return factor * power;
  return 10 * power;
}
