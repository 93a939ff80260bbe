/** The status in place of 0: a program or a file on a full disk did not receive what was asked for. */
const NOT_PRINTED = 4

type Output = Pick<NodeJS.WritableStream, 'write'>

/** Writes what a command was asked for to standard output, and resolves to the exit status. */
export function printResult(
  text: string,
  to: Output = process.stdout,
  say: (text: string) => void = (line) => process.stderr.write(line),
): Promise<number> {
  return new Promise((done) => {
    to.write(text, (error?: NodeJS.ErrnoException | null) => {
      // A reader that has left, such as head, has what it needs.
      if (!error || error.code === 'EPIPE') return done(0)
      say(`This could not be written to standard output (${error.message}).\n`)
      done(NOT_PRINTED)
    })
  })
}
