import { decode } from "../decode";
import type { Message, Transport } from "../protocol";

interface Recording {
  readonly at: readonly number[];
  readonly frames: readonly string[];
}

/** A recorded history, which can only be played and sought. */
export function replayTransport(recording: Recording): Transport {
  let show: (bytes: ArrayBuffer) => void = () => undefined;
  let cursor = 0;
  let playing = 0;
  const last = recording.frames.length - 1;

  function deliver(index: number): void {
    // A frame holds what changed since the one before, so a jump ahead shows those between.
    const from = index > cursor ? cursor + 1 : index === 0 ? 0 : index;
    for (let at = from; at <= index; at++) show(patched(bytesOf(recording.frames[at] ?? ""), playing !== 0));
    cursor = index;
  }

  /** Return the recorded moment nearest to the one asked for, at least one step in its direction. */
  function nearest(moment: number): number {
    const back = moment < (recording.at[cursor] ?? 0);
    const found = back
      ? recording.at.findLastIndex((at) => at <= moment)
      : recording.at.findIndex((at) => at >= moment);
    return found < 0 ? last : found;
  }

  function halt(): void {
    window.clearInterval(playing);
    playing = 0;
  }

  return {
    linked: false,
    live: false,
    send(message: Message) {
      if (message.type === "play") {
        halt();
        if (cursor === last) deliver(0);
        playing = window.setInterval(() => {
          if (cursor >= last) halt();
          deliver(Math.min(cursor + 1, last));
        }, 100);
        deliver(cursor);
      } else if (message.type === "pause") {
        halt();
        deliver(cursor);
      } else if (message.type === "seek") {
        halt();
        deliver(nearest(message.at));
      } else if (message.type === "reset") {
        halt();
        deliver(0);
      } else if (message.type === "step") {
        halt();
        deliver(Math.min(cursor + 1, last));
      }
    },
    listen(frame) {
      show = frame;
      deliver(0);
    },
    close: halt,
  };
}

function bytesOf(text: string): ArrayBuffer {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes.buffer;
}

/** Mark a recorded frame, which says that training is paused, as playing. */
function patched(bytes: ArrayBuffer, playing: boolean): ArrayBuffer {
  if (!playing) return bytes;
  const { header } = decode(bytes);
  const size = new DataView(bytes).getUint32(0, true);
  const head = new TextEncoder().encode(JSON.stringify({ ...header, playing }));
  const padded = Math.ceil(head.length / 4) * 4;
  const out = new Uint8Array(4 + padded + bytes.byteLength - 4 - size).fill(32);
  new DataView(out.buffer).setUint32(0, padded, true);
  out.set(head, 4);
  out.set(new Uint8Array(bytes, 4 + size), 4 + padded);
  return out.buffer;
}
