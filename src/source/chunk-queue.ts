/** Chunks pushed on one side and iterated on the other. */
export class ChunkQueue implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  #over = false;
  #stopped = false;
  #error: Error | undefined;
  #onPush: () => void = () => undefined;
  #onDrain: () => void = () => undefined;

  push(bytes: Uint8Array): void {
    if (this.#stopped) return;
    this.#waiting.push(bytes);
    this.#onPush();
  }

  end(error: Error | undefined): void {
    this.#over = true;
    this.#error = error;
    this.#onPush();
  }

  /** Says that nobody takes any more. */
  stop(): void {
    this.#stopped = true;
    this.#waiting.length = 0;
    this.#onDrain();
  }

  async drained(): Promise<void> {
    while (this.#waiting.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onDrain = resolve;
      });
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#waiting.shift();
      if (chunk !== undefined) {
        yield chunk;
        if (this.#waiting.length === 0) this.#onDrain();
      } else if (this.#over) {
        if (this.#error !== undefined) throw this.#error;
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#onPush = resolve;
        });
      }
    }
  }
}
