import type { Header } from "./protocol";

type Numbers = Uint8Array<ArrayBuffer> | Int8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

export type Arrays = Readonly<Record<string, Numbers>>;

export interface Frame {
  readonly header: Header;
  readonly arrays: Arrays;
}

/** Read a frame: four bytes of length, a JSON head, arrays on boundaries of four bytes. */
export function decode(bytes: ArrayBuffer): Frame {
  const size = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, size))) as Header;
  const start = 4 + size;
  const arrays: Record<string, Numbers> = {};
  for (const [name, section] of Object.entries(header.sections)) {
    const kind = { u8: Uint8Array, i8: Int8Array, f32: Float32Array }[section.dtype];
    arrays[name] = new kind(bytes, start + section.offset, section.length);
  }
  return { header, arrays };
}
