import type { Message, Transport } from "../protocol";

/** The part of anywidget's model that is used here. */
export interface WidgetModel {
  send(content: unknown): void;
  on(event: "msg:custom", handler: (content: unknown, buffers: readonly DataView[]) => void): void;
  off(event: "msg:custom", handler: (content: unknown, buffers: readonly DataView[]) => void): void;
}

/** A notebook's kernel. */
export function widgetTransport(model: WidgetModel): Transport {
  let handler: (content: unknown, buffers: readonly DataView[]) => void = () => undefined;
  return {
    linked: false,
    live: true,
    send: (message: Message) => model.send(JSON.stringify(message)),
    listen(frame) {
      handler = (_content, buffers) => {
        const view = buffers[0];
        if (view === undefined) return;
        const copy = new Uint8Array(view.byteLength);
        copy.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
        frame(copy.buffer);
      };
      model.on("msg:custom", handler);
      model.send(JSON.stringify({ type: "hello" }));
    },
    close: () => model.off("msg:custom", handler),
  };
}
