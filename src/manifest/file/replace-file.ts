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
  /** The path of the new file until it takes the place of the old one. */
  beside: string
  /** Called at the last moment. If it returns false or throws, nothing changes. */
  mayReplace: () => boolean
}

/** `notes`: what the new file does not have, in sentences. */
export type Replaced = { kind: 'written'; notes: string[] } | { kind: 'conflict' }

/**
 * Replaces the text of the file at `file`, or of the file that a symlink there leads to, atomically: a reader sees the
 * old text or the new one, never a part, even if the run is killed. Its mode and its owner stay. Rejects with the error
 * of the file system, and then nothing has changed.
 */
export async function replaceFile(
  file: string,
  { text, beside, mayReplace }: Replacement,
): Promise<Replaced> {
  const target = realpathSync(file)
  // A file can be replaced without the right to write it. A file that is read-only is meant to be.
  accessSync(target, constants.W_OK)
  try {
    const like = statSync(target)
    allowed(target, () => writeLike(like, beside, text))
    // Signals and timers that came in the meantime are handled only now: after the second turn all are.
    await turn()
    await turn()
    if (!mayReplace()) return { kind: 'conflict' }
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
      `a new file in the same folder replaces it, so the folder ${folder} must be writable (${why})`,
    )
  }
}

/** Writes a file with the mode and owner of another. All of it is on the disk before it is renamed. */
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

/** In a container that runs as root, a checkout mostly belongs to another user. */
function giveOwner(opened: number, { uid, gid }: Stats): void {
  try {
    fchownSync(opened, uid, gid)
  } catch {
    // Only root may change the owner of a file. `lostBy` reports it.
  }
}

function lostBy(target: string, before: Stats): string[] {
  const now = statSync(target)
  return [
    ...(now.uid === before.uid && now.gid === before.gid
      ? []
      : [
          `The owner of ${target} was ${before.uid}:${before.gid} and is now ${now.uid}:${now.gid}, because only root may change the owner of a file.`,
        ]),
    ...(before.nlink > 1
      ? [
          `${target} was one of ${before.nlink} hard links to a file. The others still have the old text.`,
        ]
      : []),
  ]
}
