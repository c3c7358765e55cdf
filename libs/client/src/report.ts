/** Reports an error that nobody waits for as uncaught; whoever hit it goes on. */
export function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
