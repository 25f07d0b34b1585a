import type { Message, Transport } from "../protocol";

type Handler = (content: unknown, buffers: readonly DataView[]) => void;

/** The used part of the model of anywidget. */
export interface WidgetModel {
  send(content: unknown): void;
  on(event: "msg:custom", handler: Handler): void;
  on(event: "comm_live_update", handler: () => void): void;
  off(event: "msg:custom", handler: Handler): void;
  off(event: "comm_live_update", handler: () => void): void;
}

const GONE = "The kernel has stopped or restarted. Run this cell again to continue.";

const SILENT =
  "The kernel does not answer. If it is busy, the page appears when it is done; if not, run this cell.";

/** The kernel of a notebook. */
export function widgetTransport(model: WidgetModel): Transport {
  let handler: Handler = () => undefined;
  let lost: (reason: string) => void = () => undefined;
  let patience = 0;
  const send = (message: Message | { type: "hello" }): void => {
    try {
      model.send(JSON.stringify(message));
    } catch {
      lost(GONE); // as Jupyter says it
    }
  };
  // Jupyter reports that the kernel ended or started, but not which: a running kernel answers.
  const turned = (): void => {
    lost(GONE);
    send({ type: "hello" });
  };
  return {
    linked: false,
    live: true,
    send,
    listen(frame, gone) {
      lost = gone;
      handler = (_content, buffers) => {
        const view = buffers[0];
        if (view === undefined) return;
        window.clearTimeout(patience);
        const copy = new Uint8Array(view.byteLength);
        copy.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
        frame(copy.buffer);
      };
      model.on("msg:custom", handler);
      model.on("comm_live_update", turned);
      patience = window.setTimeout(() => gone(SILENT), 3000);
      send({ type: "hello" });
    },
    close() {
      window.clearTimeout(patience);
      model.off("msg:custom", handler);
      model.off("comm_live_update", turned);
    },
  };
}
