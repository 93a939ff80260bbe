import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ownOwner } from '../../../src/manifest/file/lock-owner.ts'
import { manifestFile } from '../../../src/manifest/file/manifest-file.ts'
import { replaceFile } from '../../../src/manifest/file/replace-file.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'manifest-')))
  path = join(folder, 'route.yaml')
  writeFileSync(path, 'old')
  mkdirSync(join(folder, 'closed'))
})
afterEach(() => {
  chmodSync(join(folder, 'closed'), 0o755)
  rmSync(folder, { recursive: true })
})

/** A file that is written without anybody who cancels it. */
function write(file: string, before: string, after: string) {
  return manifestFile(file).write(before, after, new AbortController().signal)
}

const WRITTEN = { kind: 'written', notes: [] }

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16)
}

const IS_ROOT = process.getuid?.() === 0

/** A file that may be written, in a folder that allows no other. */
function inClosedFolder(): string {
  if (IS_ROOT) return '/proc/self/comm'
  const closed = join(folder, 'closed')
  writeFileSync(join(closed, 'route.yaml'), 'old')
  chmodSync(closed, 0o555)
  return join(closed, 'route.yaml')
}

describe('A manifest that is written', () => {
  test('is a new file with the new text, so that no reader sees a part of it', async () => {
    const before = statSync(path).ino
    await write(path, 'old', 'new')
    expect(manifestFile(path).read()).toBe('new')
    expect(statSync(path).ino).not.toBe(before)
    expect(readdirSync(folder)).toEqual(['closed', 'route.yaml'])
  })

  test.each([0o640, 0o755, 0o666])('keeps its mode, %o, whatever the umask', async (mode) => {
    chmodSync(path, mode)
    await write(path, 'old', 'new')
    expect(statSync(path).mode & 0o7777).toBe(mode)
  })

  test('keeps its owner, also where a container runs as root', async () => {
    const { uid, gid } = IS_ROOT ? { uid: 1001, gid: 127 } : statSync(path)
    chownSync(path, uid, gid)
    await write(path, 'old', 'new')
    expect(statSync(path)).toMatchObject({ uid, gid })
  })

  test('is the file that a symlink leads to, and the symlink stays', async () => {
    const links = join(folder, 'links')
    mkdirSync(links)
    symlinkSync('../route.yaml', join(links, 'first'))
    symlinkSync('first', join(links, 'second'))
    await write(join(links, 'second'), 'old', 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(lstatSync(join(links, 'second')).isSymbolicLink()).toBe(true)
    expect(readdirSync(links)).toEqual(['first', 'second'])
  })

  test('may have a name of the longest allowed length', async () => {
    const long = join(folder, `${'r'.repeat(250)}.yaml`)
    writeFileSync(long, 'old')
    await write(long, 'old', 'new')
    expect(readFileSync(long, 'utf8')).toBe('new')
  })
})

describe('A manifest that other processes write too', () => {
  test('is not written where it no longer has the text that was read', async () => {
    expect(await write(path, 'older', 'new')).toEqual({ kind: 'conflict' })
    expect(readFileSync(path, 'utf8')).toBe('old')
  })

  test('is written in spite of the lock of a run that was killed', async () => {
    const lock = join(folder, `.istio-traffic-shift-${hashOf('route.yaml')}.lock`)
    writeFileSync(lock, '')
    utimesSync(lock, new Date(0), new Date(0))
    expect(await write(path, 'old', 'new')).toEqual(WRITTEN)
    expect(readdirSync(folder)).toEqual(['closed', 'route.yaml'])
  })
})

/** Each acts at a moment when the new text is written beside the file, but has not taken its place. */
describe('A manifest that changes before its new text takes its place', () => {
  const lock = () => join(folder, `.istio-traffic-shift-${hashOf('route.yaml')}.lock`)

  test('keeps what an editor has saved', async () => {
    const written = write(path, 'old', 'new')
    writeFileSync(path, 'edited')
    expect(await written).toEqual({ kind: 'conflict' })
    expect(readFileSync(path, 'utf8')).toBe('edited')
    expect(readdirSync(folder)).toEqual(['closed', 'route.yaml'])
  })

  test('is left to the run that has taken over the lock, and so is the lock', async () => {
    const written = write(path, 'old', 'new')
    writeFileSync(lock(), JSON.stringify(ownOwner()))
    expect(await written).toEqual({ kind: 'conflict' })
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(existsSync(lock())).toBe(true)
  })

  test('is not written after a cancel', async () => {
    const cancel = new AbortController()
    const written = manifestFile(path).write('old', 'new', cancel.signal)
    cancel.abort()
    await expect(written).rejects.toThrow('aborted')
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(readdirSync(folder)).toEqual(['closed', 'route.yaml'])
  })

  test('is not waited for after a cancel while another run holds the lock', async () => {
    writeFileSync(lock(), JSON.stringify(ownOwner()))
    const cancel = new AbortController()
    const written = manifestFile(path).write('old', 'new', cancel.signal)
    cancel.abort()
    await expect(written).rejects.toThrow('aborted')
    expect(readFileSync(path, 'utf8')).toBe('old')
    expect(existsSync(lock())).toBe(true)
  })

  test('is written at once where the process that holds the lock has ended', async () => {
    const { pid } = spawnSync(process.execPath, ['--version'])
    writeFileSync(lock(), JSON.stringify({ ...ownOwner(), pid }))
    expect(await write(path, 'old', 'new')).toEqual(WRITTEN)
    expect(readdirSync(folder)).toEqual(['closed', 'route.yaml'])
  })

  test('loses the new text that a killed run left beside it', async () => {
    writeFileSync(join(folder, `.istio-traffic-shift-${hashOf('route.yaml')}-left`), 'part')
    await write(path, 'old', 'new')
    expect(readdirSync(folder)).toEqual(['closed', 'route.yaml'])
  })

  test('has a note that other hard links keep the old text', async () => {
    linkSync(path, join(folder, 'second'))
    expect(await write(path, 'old', 'new')).toMatchObject({
      notes: [expect.stringContaining('The others still have the old text.')],
    })
    expect(readFileSync(join(folder, 'second'), 'utf8')).toBe('old')
  })
})

describe('A manifest that cannot be read', () => {
  test('is a FIFO, which may never end', () => {
    const fifo = join(folder, 'fifo')
    execFileSync('mkfifo', [fifo])
    expect(() => manifestFile(fifo).read()).toThrow('it is not a regular file')
  })

  test.each([
    ['/dev/zero', 'it is not a regular file'],
    ['/', 'it is a folder'],
  ])('is %s', (file, why) => {
    expect(() => manifestFile(file).read()).toThrow(why)
  })

  test('is larger than any manifest', () => {
    truncateSync(path, 33 * 1024 * 1024)
    expect(() => manifestFile(path).read()).toThrow('it is larger than 32 MiB')
  })
})

describe('A manifest that cannot be written', () => {
  test('does not change where its folder is not writable, and the message names the folder', async () => {
    const closed = inClosedFolder()
    const before = readFileSync(closed, 'utf8')
    await expect(write(closed, before, 'new')).rejects.toThrow(
      /replaces it, so the folder \/.+ must be writable \(E/,
    )
    expect(readFileSync(closed, 'utf8')).toBe(before)
  })

  test('leaves no file beside it where the last rename fails', async () => {
    const busy = join(folder, 'busy')
    mkdirSync(busy)
    const beside = join(folder, 'beside')
    const replacement = { text: 'new', beside, mayReplace: () => true }
    await expect(replaceFile(busy, replacement)).rejects.toThrow(/must be writable \(E/)
    expect(readdirSync(folder)).toEqual(['busy', 'closed', 'route.yaml'])
  })

  test('does not change where it is read-only, except by root', async () => {
    chmodSync(path, 0o444)
    const written = write(path, 'old', 'new')
    if (IS_ROOT) await written
    else await expect(written).rejects.toThrow(/EACCES/)
    expect(readFileSync(path, 'utf8')).toBe(IS_ROOT ? 'new' : 'old')
    expect(readdirSync(folder)).toEqual(['closed', 'route.yaml'])
  })
})
