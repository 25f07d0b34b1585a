import type { Header } from "./protocol";

type Numbers = Uint8Array<ArrayBuffer> | Int8Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

export type Arrays = Readonly<Record<string, Numbers>>;

export interface Frame {
  readonly header: Header;
  readonly arrays: Arrays;
}

const KINDS = { u8: Uint8Array, i8: Int8Array, f32: Float32Array } as const;

/** Decode a frame: a length of four bytes, a JSON header, arrays aligned to four bytes. */
export function decode(bytes: ArrayBuffer): Frame {
  const size = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, size))) as Header;
  const start = 4 + size;
  const arrays: Record<string, Numbers> = {};
  for (const [name, section] of Object.entries(header.sections)) {
    const at = start + section.offset;
    arrays[name] =
      section.dtype === "f16"
        ? halves(new Uint16Array(bytes, at, section.length))
        : new KINDS[section.dtype](bytes, at, section.length);
  }
  return { header, arrays };
}

/** Convert half precision to single; not every browser has a type for it. */
function halves(bits: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(bits, (half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * 2 ** -24 * fraction;
    return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
  });
}

/** Decode the differences of a heatmap by cumulative sums along both axes. */
export function summed(differences: Uint8Array): Uint8Array {
  const columns = Math.round(Math.sqrt(differences.length));
  const heat = new Uint8Array(differences.length);
  for (let i = 0; i < heat.length; i++) {
    const left = i % columns === 0 ? 0 : (heat[i - 1] ?? 0);
    const up = i < columns ? 0 : (heat[i - columns] ?? 0);
    const corner = i % columns === 0 || i < columns ? 0 : (heat[i - columns - 1] ?? 0);
    heat[i] = (differences[i] ?? 0) + left + up - corner;
  }
  return heat;
}
