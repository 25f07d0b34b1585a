import type { Transport } from "../protocol";

/** The server of the page, on the same host, with the token of the address. */
export function socketTransport(): Transport {
  const token = new URLSearchParams(location.search).get("token") ?? "";
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const query = new URLSearchParams({ token, page: tabKey() });
  const socket = new WebSocket(`${scheme}://${location.host}/socket?${query.toString()}`);
  socket.binaryType = "arraybuffer";
  const waiting: string[] = [];
  return {
    linked: true,
    live: true,
    send(message) {
      const text = JSON.stringify(message);
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
      else if (socket.readyState === WebSocket.CONNECTING) waiting.push(text);
    },
    listen(frame, lost) {
      socket.addEventListener("open", () => {
        for (const text of waiting.splice(0)) socket.send(text);
      });
      socket.addEventListener("message", (event: MessageEvent<ArrayBuffer>) => frame(event.data));
      socket.addEventListener("close", (event) => {
        lost(
          event.code === 1013
            ? "Too many pages are open. Close one, then reload this page."
            : "The playground has stopped or cannot be reached. Reload this page to continue where " +
                "it was; if that fails, start the playground again, and open the address that it prints.",
        );
      });
    },
    close: () => socket.close(),
  };
}

/** Return the key of this tab, which survives a reload, so that the server finds its session. */
function tabKey(): string {
  const name = "miniml-page";
  try {
    const known = sessionStorage.getItem(name) ?? crypto.randomUUID();
    sessionStorage.setItem(name, known);
    return known;
  } catch {
    return ""; // a browser that keeps nothing: a reload begins at the link
  }
}
