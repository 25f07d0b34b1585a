type Child = Node | string;
type Attributes = Readonly<Record<string, string | number | boolean | ((event: never) => void)>>;

/** Create an element with attributes, `on...` listeners and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value as EventListener);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false) {
      element.setAttribute(name, String(value));
    }
  }
  element.append(...children);
  return element;
}

/** Set a text only if it changed: twenty times per second, anything else is slow. */
export function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

let counter = 0;

export function freshId(): string {
  counter += 1;
  return `ml-${counter}`;
}

/** Create a label with its control. */
export function field(label: string, control: HTMLElement, extra = ""): HTMLLabelElement {
  return h("label", { class: `ml-field ${extra}` }, h("span", {}, label), control);
}

/** Create a menu. */
export function select(
  label: string,
  changed: (value: string) => void,
): HTMLSelectElement {
  const element = h("select", { "aria-label": label });
  element.addEventListener("change", () => changed(element.value));
  return element;
}

/** Set the options of a menu if they changed, and its value. */
export function fill(
  element: HTMLSelectElement,
  options: readonly (readonly [value: string, text: string])[],
  chosen: string,
): void {
  const key = JSON.stringify(options);
  if (element.dataset["options"] !== key) {
    element.dataset["options"] = key;
    element.replaceChildren(...options.map(([value, text]) => h("option", { value }, text)));
  }
  if (element.value !== chosen) element.value = chosen;
}

export function button(
  text: string,
  action: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  return h("button", { type: "button", onclick: action, ...attributes }, text);
}
