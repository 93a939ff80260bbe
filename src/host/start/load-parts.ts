type Parts = typeof import('../run-parts.ts')

/** What is true where the parts cannot be loaded, and what to do. */
type Otherwise = { what: string; remedy: string }

const NOTHING_WRITTEN: Otherwise = {
  what: 'Nothing was written.',
  remedy: 'If the program was upgraded at this moment, run it again. Otherwise install it again.',
}

/** Loads what a program needs after its first request was sent. Later calls have what the first one loaded. */
export function loadParts({ what, remedy }: Otherwise = NOTHING_WRITTEN): Promise<Parts> {
  return import('../run-parts.ts').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    const failure = new Error(
      `${what} A file of this program could not be loaded (${why}). ${remedy}`,
    )
    // What is wrong is not in the code.
    failure.stack = failure.message
    throw failure
  })
}
