import { fill, h, select } from "../dom";
import type { Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";

/** The view of the picture: the plane or a line, and the two features of many. */
export function viewPanel(send: Send): Panel {
  const mode = select("View", (value) => send({ type: "look", mode: value === "line" ? "line" : "plane" }));
  const first = select("Horizontal axis", () => sendAxes());
  const second = select("Vertical axis", () => sendAxes());
  const element = h("div", { class: "ml-view" }, mode, first, second);

  function sendAxes(): void {
    if (first.value === "pca") send({ type: "look", axes: null });
    else {
      const across = second.value === "" || second.value === first.value ? (first.value === "0" ? 1 : 0) : Number(second.value);
      send({ type: "look", axes: [Number(first.value), across] });
    }
  }

  return {
    element,
    update({ header, axes }: State) {
      const many = axes.features.length > 2;
      fill(mode, [["plane", "Plane"], ["line", "Line"]], header.view.mode);
      mode.hidden = axes.features.length < 2;
      first.hidden = !many;
      second.hidden = !many || header.view.axes === null;
      const features = axes.features.map((name, at) => [String(at), name] as const);
      fill(first, [["pca", "Principal components"], ...features], String(header.view.axes?.[0] ?? "pca"));
      fill(second, features, String(header.view.axes?.[1] ?? "1"));
    },
  };
}
