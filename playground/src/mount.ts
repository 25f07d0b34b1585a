import { decode } from "./decode";
import { button, h } from "./dom";
import type { Panel } from "./panel";
import { barPanel } from "./panels/bar";
import { dataPanel, readFile } from "./panels/data";
import { knobsPanel } from "./panels/knobs";
import { legendPanel } from "./panels/legend";
import { lessonPanel } from "./panels/lesson";
import { marginPanel } from "./panels/margin";
import { modelPanel } from "./panels/model";
import { momentsPanel } from "./panels/moments";
import { picturePanel } from "./panels/picture";
import { readoutPanel } from "./panels/readout";
import { rulesPanel } from "./panels/rules";
import { sharePanel } from "./panels/share";
import { surfacePanel } from "./panels/surface";
import { sweepPanel } from "./panels/sweep";
import { timePanel } from "./panels/time";
import { noticePanel } from "./panels/notice";
import { viewPanel } from "./panels/view";
import type { Message, Send, Transport } from "./protocol";
import { State } from "./state";
import { isDark, readTheme } from "./theme";

/** Put the playground into an element; return a function that removes it. */
export function mount(element: HTMLElement, transport: Transport): () => void {
  const state = new State();
  const { live } = transport;
  let sent = 0;
  const send: Send = (message: Message) => {
    transport.send(message);
    sent += 1;
    return live ? sent : 0;
  };
  const notice = noticePanel(send);
  const panels = {
    bar: barPanel(send, live),
    lesson: lessonPanel(send),
    data: dataPanel(send),
    model: modelPanel(send),
    rules: rulesPanel(send),
    knobs: knobsPanel(send, live),
    view: viewPanel(send),
    legend: legendPanel(),
    picture: picturePanel(send),
    readout: readoutPanel(),
    margin: marginPanel(),
    sweep: sweepPanel(send),
    surface: surfacePanel(send),
    time: timePanel(send),
    moments: momentsPanel(send),
    share: sharePanel(send, transport.linked),
    notice,
  } satisfies Record<string, Panel>;

  const lecture = button("The lecture", () => send({ type: "lesson", index: 0 }));
  const root = h(
    "div",
    { class: "ml-root", "data-live": live },
    h(
      "header",
      { class: "ml-header" },
      h("h1", {}, "miniml", h("span", {}, live ? "playground" : "replay")),
      panels.bar.element,
      h("div", { class: "ml-buttons" }, ...(live ? [lecture, panels.share.element] : [])),
      h("div", { class: "ml-second" }, ...(live ? [panels.bar.fields, panels.moments.element] : [])),
    ),
    notice.element,
    panels.lesson.element,
    h(
      "main",
      { class: "ml-main" },
      h(
        "div",
        { class: "ml-column ml-choices" },
        ...(live ? [panels.data.element, panels.model.element] : []),
        panels.knobs.element,
        ...(live ? [panels.rules.element] : []),
      ),
      h(
        "div",
        { class: "ml-column ml-middle" },
        h("div", { class: "ml-above" }, ...(live ? [panels.view.element] : []), panels.legend.element),
        panels.picture.element,
        panels.time.element,
      ),
      h("div", { class: "ml-column ml-losses" }, panels.readout.element, panels.margin.element, panels.sweep.element, panels.surface.element),
    ),
  );
  if (!live) for (const menu of root.querySelectorAll("select")) menu.disabled = true;
  element.replaceChildren(root);

  root.toggleAttribute("data-dark", isDark());
  let theme = readTheme(root);
  const recolour = (): void => {
    root.toggleAttribute("data-dark", isDark());
    theme = readTheme(root);
    if (state.menus !== undefined) refresh();
  };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", recolour);
  // Some notebooks fill an element before it is in the page; it has no colours yet.
  const attached = new ResizeObserver(() => {
    if (theme.ink === "") recolour();
  });
  attached.observe(root);
  const notebook = new MutationObserver(recolour);
  notebook.observe(document.body, { attributeFilter: ["class", "data-jp-theme-light"] });

  const refresh = (): void => {
    for (const panel of Object.values<Panel>(panels)) panel.update(state, theme);
  };

  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.classList.add("ml-dropping");
  });
  root.addEventListener("dragleave", () => root.classList.remove("ml-dropping"));
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("ml-dropping");
    const file = event.dataTransfer?.files[0];
    if (file !== undefined && live) void readFile(file, send);
  });
  root.addEventListener("keydown", (event) => shortcut(event, state, send));

  transport.listen(
    (bytes) => {
      notice.found();
      root.classList.remove("ml-lost");
      state.apply(decode(bytes));
      refresh();
      if (transport.linked && state.fresh.has("link")) {
        history.replaceState(null, "", `#${state.link}`);
      }
      // The next frame may be sent when this one is on the screen.
      requestAnimationFrame(() => transport.send({ type: "ack" }));
    },
    (reason) => {
      notice.lost(reason);
      root.classList.add("ml-lost");
    },
  );
  const opened = location.hash.slice(1);
  if (transport.linked && opened !== "") send({ type: "open", link: opened });

  return () => {
    dark.removeEventListener("change", recolour);
    notebook.disconnect();
    attached.disconnect();
    transport.close();
    element.replaceChildren();
  };
}

/** Undo and redo by keyboard, except in text fields, which have their own undo. */
function shortcut(event: KeyboardEvent, state: State, send: Send): void {
  const editing = event.target instanceof HTMLInputElement && event.target.type !== "range";
  if (editing || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
  event.preventDefault();
  const { undo, redo } = state.header;
  if (event.shiftKey ? redo : undo) send({ type: event.shiftKey ? "redo" : "undo" });
}
