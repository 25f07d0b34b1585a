// The protocol; the Python classes of the same names define it.

export interface Leaf {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly offset: number | null;
}

export interface SessionConfig {
  readonly model: string;
  readonly hidden: readonly number[];
  readonly activations: readonly string[];
  readonly data: string;
  readonly noise: number;
  readonly points: number;
  readonly train_share: number;
  readonly loss: string;
  readonly optimizer: string;
  readonly rate: number;
  readonly batch: number;
  readonly seed: number;
  readonly speed: number;
  readonly stop_step: number | null;
  readonly stop_loss: number | null;
  readonly stop_accuracy: number | null;
}

export interface Stats {
  readonly points: number;
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly counts: readonly [number, number, number, number];
}

export interface Axes {
  readonly low: readonly [number, number];
  readonly high: readonly [number, number];
  readonly labels: readonly [string, string];
  readonly features: readonly string[];
  readonly classes: readonly [string, string];
}

export type PanelName = "margin" | "sweep" | "surface";

export interface ViewState {
  readonly mode: "plane" | "line";
  readonly axes: readonly [number, number] | null;
  readonly panels: readonly PanelName[];
  readonly knobs: readonly [number, number];
}

export interface ProbeResult {
  readonly u: number;
  readonly v: number;
  readonly score: number | null;
  readonly slope: readonly [number | null, number | null];
}

export interface Notice {
  readonly text: string;
  readonly seek: number | null;
  readonly kind: "notice" | "refused" | "trouble";
}

export interface Bookmark {
  readonly name: string;
  readonly at: number | null;
}

export interface LessonText {
  readonly title: string;
  readonly says: string;
  readonly tries: string;
}

export interface Menus {
  readonly models: readonly string[];
  readonly data: Readonly<Record<string, readonly string[]>>;
  readonly activations: readonly string[];
  readonly optimizers: readonly string[];
  readonly losses: readonly string[];
  readonly lessons: readonly LessonText[];
}

export interface Section {
  readonly dtype: "u8" | "i8" | "f16" | "f32";
  readonly offset: number;
  readonly length: number;
}

export interface Header {
  readonly at: number;
  readonly count: number;
  readonly step: number;
  readonly edited: string;
  readonly playing: boolean;
  readonly undo: boolean;
  readonly redo: boolean;
  readonly answered: number;
  readonly config: SessionConfig;
  readonly view: ViewState;
  readonly train: Stats;
  readonly test: Stats;
  readonly full_loss: number | null;
  readonly scale: number;
  readonly resolution: number;
  readonly curve: number;
  readonly branches?: readonly number[];
  readonly bookmarks?: readonly Bookmark[];
  readonly compared?: Bookmark;
  readonly lesson?: number;
  readonly notice?: Notice;
  readonly probe?: ProbeResult;
  readonly menus?: Menus;
  readonly leaves?: readonly Leaf[];
  readonly axes?: Axes;
  readonly surface?: readonly [number, number, number, number, number];
  readonly link?: string;
  readonly file?: readonly [string, string];
  readonly sections: Readonly<Record<string, Section>>;
}

export type Message =
  | { type: "set"; name: string; index: number; value: number }
  | { type: "play" | "pause" | "reset" | "undo" | "redo" | "ack" }
  | { type: "step"; steps?: number }
  | { type: "seek"; at: number }
  | {
      type: "tune";
      loss?: string;
      optimizer?: string;
      rate?: number;
      batch?: number;
      speed?: number;
      stop_step?: number | null;
      stop_loss?: number | null;
      stop_accuracy?: number | null;
    }
  | { type: "build"; model?: string; hidden?: readonly number[]; activations?: readonly string[] }
  | { type: "load"; data?: string; noise?: number; points?: number; train_share?: number }
  | { type: "csv"; text: string; name: string; target?: string }
  | { type: "reseed"; seed?: number | null }
  | { type: "add"; u: number; v: number; label: -1 | 1 }
  | { type: "remove"; row: number }
  | {
      type: "look";
      mode?: "plane" | "line";
      axes?: readonly [number, number] | null;
      panels?: readonly PanelName[];
      knobs?: readonly [number, number];
    }
  | { type: "probe"; u?: number | null; v?: number | null }
  | { type: "bookmark"; name: string }
  | { type: "recall"; index: number }
  | { type: "switch"; branch: number }
  | { type: "compare"; at: number | null }
  | { type: "lesson"; index: number | null }
  | { type: "open"; link: string }
  | { type: "export"; what: "params" | "script" | "replay" };

/** The connection of the page, the notebook or the replay: it receives frames and sends messages. */
export interface Transport {
  send(message: Message): void;
  listen(frame: (bytes: ArrayBuffer) => void, lost: (reason: string) => void): void;
  /** Whether links are written to the address bar. */
  readonly linked: boolean;
  /** Whether a server can train; in a replay none can. */
  readonly live: boolean;
  close(): void;
}

/** Send a message; return its number, to be compared with `Header.answered`. */
export type Send = (message: Message) => number;
