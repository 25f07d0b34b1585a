import { save } from "../save";
import type { State } from "../state";
import type { Theme } from "../theme";
import { short } from "../numbers";
import { heatBitmap } from "./heatmap";
import { scalesOf, scene } from "./scene";

const SIZE = 600;
const MARGIN = { left: 56, right: 16, top: 16, bottom: 48 };

/** Return the picture as an SVG file: the scene of the page, with the heatmap as an image. */
export function pictureSvg(state: State, theme: Theme): string {
  const scales = scalesOf(state, SIZE, SIZE);
  const [width, height] = [SIZE + MARGIN.left + MARGIN.right, SIZE + MARGIN.top + MARGIN.bottom];
  const heat =
    state.heat === null
      ? ""
      : `<image href="${heatBitmap(state.heat, state.resolution, theme.ramp).toDataURL()}" ` +
        `width="${SIZE}" height="${SIZE}" preserveAspectRatio="none"/>`;
  const shapes = scene(state, scales, theme).map(
    ({ path, fill, stroke, width: line, dash }) =>
      `<path d="${path}" fill="${fill ?? "none"}" stroke="${stroke ?? "none"}" ` +
      `stroke-width="${line ?? 1}" stroke-dasharray="${dash?.join(" ") ?? "none"}"/>`,
  );
  const text = (x: number, y: number, anchor: string, content: string, turn = ""): string =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}"${turn}>${escaped(content)}</text>`;
  const [first, second] = state.axes.labels;
  const ticks = [
    ...scales.x.ticks(5).map((tick) => text(scales.x(tick), SIZE + 20, "middle", short(tick))),
    ...scales.y.ticks(5).map((tick) => text(-8, scales.y(tick) + 4, "end", short(tick))),
    text(SIZE / 2, SIZE + 40, "middle", first),
    text(0, 0, "middle", state.line === null ? second : "score", ` transform="translate(-42 ${SIZE / 2}) rotate(-90)"`),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" font-family="system-ui, sans-serif" font-size="13">` +
    `<rect width="100%" height="100%" fill="${theme.paper}"/>` +
    `<clipPath id="frame"><rect width="${SIZE}" height="${SIZE}"/></clipPath>` +
    `<g transform="translate(${MARGIN.left} ${MARGIN.top})"><g clip-path="url(#frame)">${heat}` +
    `${shapes.join("")}</g><g fill="${theme.ink}">${ticks.join("")}</g></g></svg>`
  );
}

/** Save the picture as a PNG file, at twice the size. */
export function savePng(name: string, state: State, theme: Theme): void {
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = document.createElement("canvas");
    canvas.width = 2 * image.width;
    canvas.height = 2 * image.height;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      if (blob !== null) save(name, "image/png", blob);
    });
  });
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(pictureSvg(state, theme))}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
