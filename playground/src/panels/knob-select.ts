import { fill, select } from "../dom";
import type { State } from "../state";

/** A menu of the knobs, at most 1,000. */
export function knobSelect(
  label: string,
  changed: (knob: number) => void,
): { element: HTMLSelectElement; update(state: State, chosen: number): void } {
  const element = select(label, (value) => changed(Number(value)));
  return {
    element,
    update(state, chosen) {
      if (!state.fresh.has("leaves") && element.options.length > 0) {
        if (element.value !== String(chosen)) element.value = String(chosen);
        return;
      }
      const count = Math.min(1000, state.values.length);
      fill(
        element,
        Array.from({ length: count }, (_, knob) => [String(knob), state.knobName(knob)] as const),
        String(chosen),
      );
    },
  };
}
