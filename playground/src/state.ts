import { Curve } from "./curve";
import { summed, type Frame } from "./decode";
import type { Axes, Menus, Header, Leaf } from "./protocol";

const EMPTY = new Float32Array(0);

/** The state of the page: the last header, and arrays that are sent only if they change. */
export class State {
  header!: Header;
  menus!: Menus;
  leaves: readonly Leaf[] = [];
  axes!: Axes;
  values = EMPTY;
  gradient: Float32Array | null = null;
  scores = EMPTY;
  losses = EMPTY;
  positions = EMPTY;
  labels = new Int8Array(0);
  held = new Uint8Array(0);
  heat: Uint8Array | null = null;
  resolution = 0;
  line: Float32Array | null = null;
  ghost: Uint8Array | null = null;
  ghostValues: Float32Array | null = null;
  pointLoss: Float32Array | null = null;
  sweep: Float32Array | null = null;
  surface: Float32Array | null = null;
  surfaceRange: readonly [number, number, number, number, number] | null = null;
  path = EMPTY;
  link = "";
  file: Uint8Array | null = null;
  readonly train = new Curve();
  readonly test = new Curve();
  /** The names of the arrays and parts of the header in the last frame. */
  fresh = new Set<string>();

  apply({ header, arrays }: Frame): void {
    const f32 = (name: string): Float32Array<ArrayBuffer> | null =>
      (arrays[name] as Float32Array<ArrayBuffer> | undefined) ?? null;
    this.fresh = new Set(Object.keys(arrays));
    for (const part of ["menus", "leaves", "axes", "link"] as const) {
      if (header[part] !== undefined) this.fresh.add(part);
    }
    this.header = header;
    this.menus = header.menus ?? this.menus;
    if (header.leaves !== undefined) {
      // The landscape of another model is not valid.
      this.leaves = header.leaves;
      [this.sweep, this.surface, this.path] = [null, null, EMPTY];
    }
    this.axes = header.axes ?? this.axes;
    this.file = (arrays["file"] as Uint8Array<ArrayBuffer> | undefined) ?? null;
    this.link = header.link ?? this.link;
    this.values = f32("values") ?? EMPTY;
    this.gradient = f32("gradient");
    this.scores = f32("scores") ?? EMPTY;
    this.losses = f32("losses") ?? EMPTY;
    this.positions = f32("positions") ?? this.positions;
    this.labels = (arrays["labels"] as Int8Array<ArrayBuffer> | undefined) ?? this.labels;
    this.held = (arrays["held"] as Uint8Array<ArrayBuffer> | undefined) ?? this.held;
    const bytes = (name: string): Uint8Array | null => {
      const found = arrays[name] as Uint8Array | undefined;
      return found === undefined ? null : summed(found);
    };
    this.heat = bytes("heat");
    this.resolution = header.resolution;
    this.line = f32("line");
    this.pointLoss = header.config.loss === "own" ? null : (f32("point_loss") ?? this.pointLoss);
    this.sweep = f32("sweep") ?? this.sweep;
    this.surface = f32("surface") ?? this.surface;
    this.surfaceRange = header.surface ?? this.surfaceRange;
    this.path = f32("path") ?? this.path;
    this.train.splice(header.curve, f32("train_curve") ?? EMPTY);
    this.test.splice(header.curve, f32("test_curve") ?? EMPTY);
    if (header.compared === undefined) {
      this.ghost = null;
      this.ghostValues = null;
    } else {
      this.ghost = bytes("ghost") ?? this.ghost;
      this.ghostValues = f32("ghost_values") ?? this.ghostValues;
    }
  }

  /** Return the leaf and the index in it of a knob. */
  knob(index: number): { leaf: Leaf; index: number } | null {
    for (const leaf of this.leaves) {
      if (leaf.offset === null) continue;
      const size = leaf.shape.reduce((a, b) => a * b, 1);
      if (index >= leaf.offset && index < leaf.offset + size) {
        return { leaf, index: index - leaf.offset };
      }
    }
    return null;
  }

  knobName(index: number): string {
    const found = this.knob(index);
    return found === null ? "" : scalarName(found.leaf, found.index);
  }
}

/** Divide a leaf's name into its node's name and its own; dots in the quotes of a dict's key are ignored. */
export function parted(name: string): [node: string, own: string] {
  const steps = name.match(/(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^.'"])+/g) ?? [name];
  const own = steps.at(-1) ?? name;
  return [name.slice(0, Math.max(0, name.length - own.length - 1)), own];
}

/** Return the name of a scalar of a leaf: `b`, `w[1]`, `layers.0.w[1, 3]`. */
export function scalarName(leaf: Leaf, index: number): string {
  if (leaf.shape.length === 0) return leaf.name;
  const at: number[] = [];
  let rest = index;
  for (const size of [...leaf.shape].reverse()) {
    at.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `${leaf.name}[${at.join(", ")}]`;
}
