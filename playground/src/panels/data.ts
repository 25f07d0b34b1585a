import { button, field, h, select } from "../dom";
import { titled, type Panel } from "../panel";
import type { Send } from "../protocol";
import type { State } from "../state";

/** The choice of the data: set, noise, number of points, share of training points, a file. */
export function dataPanel(send: Send): Panel {
  const menu = select("Data set", (data) => send({ type: "load", data }));
  const noise = slider("Noise", 0, 1, 0.05, (value) => send({ type: "load", noise: value }));
  const points = slider("Points", 10, 500, 10, (value) => send({ type: "load", points: value }));
  const share = slider("Train share", 0.1, 1, 0.05, (value) => send({ type: "load", train_share: value }));
  const chooser = h("input", { type: "file", accept: ".csv,text/csv", hidden: true, "aria-label": "CSV file" });
  chooser.addEventListener("change", () => {
    const file = chooser.files?.[0];
    if (file !== undefined) void readFile(file, send);
    chooser.value = "";
  });
  const open = button("Open a CSV…", () => chooser.click(), {
    title: "Or drop a file on the page. Its last column is the class.",
    class: "ml-quiet",
  });
  const element = titled("Data", [], field("Set", menu), noise.element, points.element, share.element, open, chooser);
  return {
    element,
    update(state: State) {
      const { config, answered } = state.header;
      fillGroups(menu, state);
      noise.show(config.noise, `${Math.round(100 * config.noise)} %`, answered);
      points.show(config.points, String(config.points), answered);
      share.show(config.train_share, `${Math.round(100 * config.train_share)} %`, answered);
      const drawn = !["own", "breast-cancer"].includes(config.data);
      noise.element.hidden = !drawn;
      points.element.hidden = !drawn;
      share.element.hidden = config.data === "own";
    },
  };
}

export async function readFile(file: File, send: Send): Promise<void> {
  // The server refuses more than 2,000,000 characters; one more is enough for its message.
  const text = await file.slice(0, 8_000_004).text();
  send({ type: "csv", text: text.slice(0, 2_000_001), name: file.name.slice(0, 200) });
}

function fillGroups(menu: HTMLSelectElement, state: State): void {
  const groups = { ...state.menus.data };
  const { data } = state.header.config;
  if (data === "own" && groups["Own"] === undefined) groups["Own"] = ["own"];
  const key = JSON.stringify(groups);
  if (menu.dataset["groups"] !== key) {
    menu.dataset["groups"] = key;
    menu.replaceChildren(
      ...Object.entries(groups).map(([label, names]) =>
        h("optgroup", { label }, ...names.map((name) => h("option", { value: name }, name))),
      ),
    );
  }
  if (menu.value !== data) menu.value = data;
}

function slider(
  label: string,
  min: number,
  max: number,
  step: number,
  changed: (value: number) => number,
): { element: HTMLElement; show(value: number, text: string, answered: number): void } {
  const input = h("input", { type: "range", min, max, step, "aria-label": label });
  input.setAttribute("data-lm-suppress-shortcuts", "");
  const shown = h("span", { class: "ml-shown" });
  let asked = 0;
  input.addEventListener("change", () => {
    asked = changed(input.valueAsNumber);
  });
  const element = h("label", { class: "ml-field ml-sliding" }, h("span", {}, label), input, shown);
  return {
    element,
    show(value, text, answered) {
      if (answered >= asked) input.value = String(value);
      shown.textContent = text;
      input.setAttribute("aria-valuetext", text);
    },
  };
}
