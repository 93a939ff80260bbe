type Parts = typeof import('../run-parts.ts')

/** Loads what a run needs after its first request was sent. Later calls have what the first one loaded. */
export function loadParts(): Promise<Parts> {
  return import('../run-parts.ts').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    const failure = new Error(
      `Nothing was written. A file of this program could not be loaded (${why}). If the program was upgraded at this moment, run it again. Otherwise install it again.`,
    )
    // What is wrong is not in the code.
    failure.stack = failure.message
    throw failure
  })
}
