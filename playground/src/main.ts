import "./styles/index.css";

import { mount } from "./mount";
import { replayTransport } from "./transports/replay";
import { socketTransport } from "./transports/socket";
import { widgetTransport, type WidgetModel } from "./transports/widget";

/** The entry point of the notebook: anywidget calls it with a model and an element. */
function render({ model, el }: { model: WidgetModel; el: HTMLElement }): () => void {
  return mount(el, widgetTransport(model));
}

export default { render };

const place = document.getElementById("miniml");
if (place !== null) {
  const recording = document.getElementById("frames")?.textContent;
  mount(
    place,
    recording === undefined || recording === null
      ? socketTransport()
      : replayTransport(JSON.parse(recording)),
  );
}
