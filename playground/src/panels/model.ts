import { button, field, fill, h, select } from "../dom";
import { titled, type Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";

const WIDEST = 128;
const DEEPEST = 6;

/** The choice of the model; for a network, the width and activation of each layer. */
export function modelPanel(send: Send): Panel {
  const menu = select("Model", (model) => send({ type: "build", model }));
  const layers = h("div", { class: "ml-layers", role: "group", "aria-label": "Hidden layers" });
  const element = titled("Model", [], field("Kind", menu), layers);
  return {
    element,
    update({ header, menus }: State) {
      const { config } = header;
      fill(menu, menus.models.map((name) => [name, name]), config.model);
      layers.hidden = config.model !== "mlp";
      const key = JSON.stringify([config.hidden, config.activations]);
      if (layers.dataset["key"] === key) return;
      layers.dataset["key"] = key;
      layers.replaceChildren(
        ...config.hidden.map((width, at) => layerRow(at, width, config, menus.activations, send)),
        button(
          "Add a layer",
          () =>
            send({
              type: "build",
              hidden: [...config.hidden, 8],
              activations: [...config.activations, config.activations.at(-1) ?? "relu"],
            }),
          { disabled: config.hidden.length >= DEEPEST, class: "ml-quiet" },
        ),
      );
    },
  };
}

function layerRow(
  at: number,
  width: number,
  config: { readonly hidden: readonly number[]; readonly activations: readonly string[] },
  activations: readonly string[],
  send: Send,
): HTMLElement {
  const { hidden, activations: chosen } = config;
  const size = h("input", { type: "number", min: 1, max: WIDEST, value: width, "aria-label": `Width of layer ${at + 1}` });
  size.setAttribute("data-lm-suppress-shortcuts", "");
  size.addEventListener("change", () => {
    const value = Math.min(WIDEST, Math.max(1, Math.round(size.valueAsNumber || width)));
    send({ type: "build", hidden: hidden.with(at, value) });
  });
  const menu = select(`Activation of layer ${at + 1}`, (name) =>
    send({ type: "build", activations: chosen.with(at, name) }),
  );
  fill(menu, activations.map((name) => [name, name]), chosen[at] ?? "relu");
  const remove = button(
    "×",
    () => send({ type: "build", hidden: hidden.toSpliced(at, 1), activations: chosen.toSpliced(at, 1) }),
    { class: "ml-quiet", "aria-label": `Remove layer ${at + 1}` },
  );
  return h("div", { class: "ml-layer" }, size, menu, remove);
}
