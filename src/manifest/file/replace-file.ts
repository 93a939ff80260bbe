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
import { setImmediate as turn } from 'node:timers/promises'

export type Replacement = {
  text: string
  /** The name that the new text has until it takes the file's place. */
  beside: string
  /** Asked at the last moment; false leaves everything as it was, and so does what it throws. */
  mayReplace: () => boolean
}

/** `notes`: what the file has lost by it, in sentences. */
export type Replaced = { kind: 'written'; notes: string[] } | { kind: 'overtaken' }

/**
 * Gives the file that is at `file`, or that a symlink there leads to, another text, in one go: a
 * reader, and a run that is killed, finds the old text or the new one, never a part. Its mode and
 * its owner stay. Rejects with what the file system says, and then leaves everything as it was.
 */
export async function replaceFile(
  file: string,
  { text, beside, mayReplace }: Replacement,
): Promise<Replaced> {
  const target = realpathSync(file)
  // To take the place of a file needs no leave to write it: one that is read-only was meant so.
  accessSync(target, constants.W_OK)
  try {
    const like = statSync(target)
    allowed(target, () => writeLike(like, beside, text))
    // Signals and timers that came in the meantime are heard only now: by the second turn all are.
    await turn()
    await turn()
    if (!mayReplace()) return { kind: 'overtaken' }
    allowed(target, () => renameSync(beside, target))
    return { kind: 'written', notes: lostBy(target, like) }
  } finally {
    rmSync(beside, { force: true })
  }
}

function allowed(target: string, action: () => void): void {
  try {
    action()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const folder = path.dirname(target)
    throw new Error(
      `the new text is written beside it first and then takes its place, which the folder ${folder} has to allow: ${why}`,
    )
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
    // Only root may give a file to another owner. `lostBy` says so.
  }
}

function lostBy(target: string, before: Stats): string[] {
  const now = statSync(target)
  return [
    ...(now.uid === before.uid && now.gid === before.gid
      ? []
      : [
          `The owner of ${target} was ${before.uid}:${before.gid} and is now ${now.uid}:${now.gid}, because only root may give a file to another owner.`,
        ]),
    ...(before.nlink > 1
      ? [
          `${target} was a hard link, of ${before.nlink} names of one file. The other names still have the old text.`,
        ]
      : []),
  ]
}
