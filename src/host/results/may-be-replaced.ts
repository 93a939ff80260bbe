import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** The root element is below this size, also after a license in a comment. */
const HEAD_BYTES = 8 * 1024

/** After an optional byte order mark, XML declaration, style sheets and comments. */
const JUNIT =
  /^\uFEFF?(?:\s|<\?xml[\s-](?:(?!\?>)[\s\S])*\?>|<!--(?:(?!-->)[\s\S])*-->)*<testsuites?[\s/>]/

/** Whether an existing file is empty or a JUnit file. Reads only its beginning, and never waits for a FIFO. */
export function mayBeReplaced(file: string): boolean {
  const opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    if (!fstatSync(opened).isFile()) return false
    const bytes = Buffer.alloc(HEAD_BYTES)
    let length = 0
    let read = -1
    while (read !== 0 && length < bytes.length) {
      read = readSync(opened, bytes, length, bytes.length - length, null)
      length += read
    }
    const head = bytes.toString('utf8', 0, length)
    const isWhole = length < bytes.length
    return JUNIT.test(head) || (isWhole && head.trim() === '')
  } finally {
    closeSync(opened)
  }
}
