import { h } from "../dom";
import type { Panel } from "../panel";

const MARKS: readonly (readonly [outline: string, kind: string])[] = [
  ["M13 8a5 5 0 1 1-10 0a5 5 0 1 1 10 0Z", "ml-positive"],
  ["M3.5 3.5h9v9h-9Z", "ml-negative"],
  ["M12.5 8a4.5 4.5 0 1 1-9 0a4.5 4.5 0 1 1 9 0Z", "ml-hollow"],
  ["M4 4l8 8M12 4l-8 8", "ml-cross"],
  ["M15 8a7 7 0 1 1-14 0a7 7 0 1 1 14 0Z", "ml-ring"],
];

/** The legend of the marks in the picture. */
export function legendPanel(): Panel {
  const names = MARKS.map(() => h("span"));
  const items = MARKS.map(([outline, kind], at) => h("li", {}, mark(outline, kind), names[at] ?? ""));
  const element = h("ul", { class: "ml-marks", "aria-label": "Marks" }, ...items);
  return {
    element,
    update({ axes }) {
      const texts = [axes.classes[1], axes.classes[0], "held back", "wrong", "loss"];
      names.forEach((name, at) => {
        name.textContent = texts[at] ?? "";
      });
    },
  };
}

function mark(outline: string, kind: string): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", outline);
  path.setAttribute("class", kind);
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}
