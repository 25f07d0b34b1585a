/** A sequence of numbers that grows at its end and can be truncated. */
export class Curve {
  private buffer = new Float32Array(1024);
  length = 0;

  splice(start: number, fresh: Float32Array): void {
    const length = start + fresh.length;
    if (length > this.buffer.length) {
      const larger = new Float32Array(2 ** Math.ceil(Math.log2(length)));
      larger.set(this.buffer.subarray(0, start));
      this.buffer = larger;
    }
    this.buffer.set(fresh, start);
    this.length = length;
  }

  get values(): Float32Array {
    return this.buffer.subarray(0, this.length);
  }

  at(index: number): number {
    return index < this.length ? (this.buffer[index] ?? Number.NaN) : Number.NaN;
  }
}
