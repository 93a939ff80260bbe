import { write } from 'node:fs'

const STANDARD_OUTPUT = 1
/** What reads the log is behind. */
const PAUSE_MS = 5

/**
 * Writes to standard output without a stream: Node's waits in this thread until a pipe takes everything, and samples would
 * seem to take as long. Resolves to whether everything was written.
 */
export async function writeOut(text: string): Promise<boolean> {
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    const written = await writeSome(rest)
    if (written === undefined) return false
    rest = rest.subarray(written)
  }
  return true
}

/** Resolves to the number of bytes that were written; undefined: none can be. */
function writeSome(bytes: Buffer): Promise<number | undefined> {
  return new Promise((resolve) => {
    write(STANDARD_OUTPUT, bytes, 0, bytes.length, null, (error, written) => {
      if (error === null) resolve(written)
      else if (error.code === 'EAGAIN') setTimeout(resolve, PAUSE_MS, 0)
      else resolve(undefined)
    })
  })
}
