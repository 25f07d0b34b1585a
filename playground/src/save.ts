/** Offer a file for download. */
export function save(name: string, type: string, content: string | Uint8Array | Blob): void {
  const part = typeof content === "string" || content instanceof Blob ? content : content.slice();
  const address = URL.createObjectURL(new Blob([part], { type }));
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
