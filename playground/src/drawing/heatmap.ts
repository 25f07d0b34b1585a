const buffer = document.createElement("canvas");

/** Paint a heatmap through a colour table into a small bitmap, which is drawn enlarged. */
export function heatBitmap(
  bytes: Uint8Array,
  columns: number,
  ramp: Uint8ClampedArray,
): HTMLCanvasElement {
  const rows = Math.floor(bytes.length / columns);
  buffer.width = columns;
  buffer.height = rows;
  const context = buffer.getContext("2d");
  if (context === null) return buffer;
  const image = context.createImageData(columns, rows);
  const pixels = image.data;
  for (let i = 0; i < bytes.length; i++) {
    const from = 3 * (bytes[i] ?? 0);
    pixels[4 * i] = ramp[from] ?? 0;
    pixels[4 * i + 1] = ramp[from + 1] ?? 0;
    pixels[4 * i + 2] = ramp[from + 2] ?? 0;
    pixels[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
  return buffer;
}
