import { button, h } from "../dom";
import { pictureSvg, savePng } from "../drawing/picture-file";
import type { Panel } from "../panel";
import { save } from "../save";
import type { Send } from "../protocol";
import type { State } from "../state";
import type { Theme } from "../theme";

/** The exports: parameters, a script, pictures, a replay, a link. */
export function sharePanel(send: Send, linked: boolean): Panel {
  let now: readonly [State, Theme] | null = null;
  const items = [
    item("Parameters (safetensors)", () => send({ type: "export", what: "params" })),
    item("Python script", () => send({ type: "export", what: "script" })),
    item("Picture (SVG)", () => {
      if (now !== null) save("picture.svg", "image/svg+xml", pictureSvg(...now));
    }),
    item("Picture (PNG)", () => {
      if (now !== null) savePng("picture.png", ...now);
    }),
    item("Replay (HTML)", () => send({ type: "export", what: "replay" })),
    ...(linked ? [item("Copy the link", copyLink)] : []),
  ];
  const element = h(
    "details",
    { class: "ml-menu" },
    h("summary", {}, "Export"),
    h("div", { class: "ml-items" }, ...items),
  );
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") element.open = false;
  });
  document.addEventListener("pointerdown", (event) => {
    // Notebooks may put the page into a shadow tree, which hides the target.
    if (!event.composedPath().includes(element)) element.open = false;
  });

  function copyLink(): void {
    if (now !== null) void navigator.clipboard.writeText(linkTo(now[0]));
  }

  function item(text: string, action: () => void): HTMLElement {
    return button(text, () => {
      action();
      element.open = false;
    });
  }

  return {
    element,
    update(state, theme) {
      now = [state, theme];
      const file = state.header.file;
      const bytes = state.file;
      if (file !== undefined && bytes !== null) save(file[0], file[1], bytes);
    },
  };
}

function linkTo(state: State): string {
  const address = new URL(location.href);
  address.hash = state.link;
  return address.href;
}
