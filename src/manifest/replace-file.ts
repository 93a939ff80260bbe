import { randomUUID } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'

/**
 * Gives the file that is at `file`, or that a symlink there leads to, another text, in one go: whoever
 * reads it, and a run that is killed, finds the old text or the new one, never a part. Its mode and
 * its owner stay. Throws what the file system says, and then leaves everything as it was.
 */
export function replaceFile(file: string, text: string): void {
  const target = realpathSync(file)
  // To take the place of a file needs no leave to write it: one that is read-only was meant so.
  accessSync(target, constants.W_OK)
  const folder = path.dirname(target)
  // Not made from the file's name, which may be as long as names can be.
  const beside = path.join(folder, `.istio-traffic-shift-${randomUUID()}`)
  try {
    writeLike(statSync(target), beside, text)
    renameSync(beside, target)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Error(
      `the new text is put beside it first and then takes its place, which the folder ${folder} has to allow: ${why}`,
    )
  } finally {
    rmSync(beside, { force: true })
  }
}

/** Makes a file that is like another, but for its text; all of it is on the disk before it has its name. */
function writeLike(like: Stats, file: string, text: string): void {
  const opened = openSync(file, 'wx', 0o600)
  try {
    writeFileSync(opened, text)
    giveOwner(opened, like)
    fchmodSync(opened, like.mode & 0o7777)
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/** In a container that runs as root a checkout is most often somebody else's. */
function giveOwner(opened: number, { uid, gid }: Stats): void {
  try {
    fchownSync(opened, uid, gid)
  } catch {
    // Who is not root may write files of others, and cannot make any.
  }
}
