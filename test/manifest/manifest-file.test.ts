import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
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
import { manifestFile } from '../../src/manifest/manifest-file.ts'
import { replaceFile } from '../../src/manifest/replace-file.ts'

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

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 16)
}

const IS_ROOT = process.getuid?.() === 0

/** A file that may be written, in a folder where nobody may make another. */
function inClosedFolder(): string {
  if (IS_ROOT) return '/proc/self/comm'
  const closed = join(folder, 'closed')
  writeFileSync(join(closed, 'route.yaml'), 'old')
  chmodSync(closed, 0o555)
  return join(closed, 'route.yaml')
}

describe('a manifest that is written', () => {
  test('is another file with the new text, so that nobody ever reads a part of it', () => {
    const before = statSync(path).ino
    manifestFile(path).write('old', 'new')
    expect(manifestFile(path).read()).toBe('new')
    expect(statSync(path).ino).not.toBe(before)
    expect(readdirSync(folder)).toEqual(['closed', 'route.yaml'])
  })

  test.each([0o640, 0o755, 0o666])('keeps its mode, %o, whatever the umask', (mode) => {
    chmodSync(path, mode)
    manifestFile(path).write('old', 'new')
    expect(statSync(path).mode & 0o7777).toBe(mode)
  })

  test('keeps its owner, so that a container that runs as root does not take it away', () => {
    const { uid, gid } = IS_ROOT ? { uid: 1001, gid: 127 } : statSync(path)
    chownSync(path, uid, gid)
    manifestFile(path).write('old', 'new')
    expect(statSync(path)).toMatchObject({ uid, gid })
  })

  test('is the one that a symlink leads to, and the symlink stays', () => {
    const links = join(folder, 'links')
    mkdirSync(links)
    symlinkSync('../route.yaml', join(links, 'first'))
    symlinkSync('first', join(links, 'second'))
    manifestFile(join(links, 'second')).write('old', 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(lstatSync(join(links, 'second')).isSymbolicLink()).toBe(true)
    expect(readdirSync(links)).toEqual(['first', 'second'])
  })

  test('may have a name as long as names can be', () => {
    const long = join(folder, `${'r'.repeat(250)}.yaml`)
    writeFileSync(long, 'old')
    manifestFile(long).write('old', 'new')
    expect(readFileSync(long, 'utf8')).toBe('new')
  })
})

describe('a manifest that others write too', () => {
  test('stays as it is where it has not the text any more that was read', () => {
    expect(manifestFile(path).write('older', 'new')).toBe('overtaken')
    expect(readFileSync(path, 'utf8')).toBe('old')
  })

  test('is not held up by the lock of a run that was killed', () => {
    const lock = join(folder, `.istio-traffic-shift-${hashOf('route.yaml')}.lock`)
    writeFileSync(lock, '')
    utimesSync(lock, new Date(0), new Date(0))
    expect(manifestFile(path).write('old', 'new')).toBe('written')
    expect(readdirSync(folder)).toEqual(['closed', 'route.yaml'])
  })
})

describe('a manifest that cannot be read', () => {
  test('is a FIFO, which nobody may ever write to', () => {
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

describe('a manifest that cannot be written', () => {
  test('stays as it was where its folder takes no other file, and the message names the folder', () => {
    const closed = inClosedFolder()
    const before = readFileSync(closed, 'utf8')
    expect(() => manifestFile(closed).write(before, 'new')).toThrow(
      /takes its place, which the folder \/.+ has to allow: E/,
    )
    expect(readFileSync(closed, 'utf8')).toBe(before)
  })

  test('leaves nothing beside it where the last move fails', () => {
    const busy = join(folder, 'busy')
    mkdirSync(busy)
    expect(() => replaceFile(busy, 'new')).toThrow(/has to allow: E/)
    expect(readdirSync(folder)).toEqual(['busy', 'closed', 'route.yaml'])
  })

  test('stays as it was where it is read-only, which root alone is not kept from', () => {
    chmodSync(path, 0o444)
    const write = () => manifestFile(path).write('old', 'new')
    if (IS_ROOT) write()
    else expect(write).toThrow(/EACCES/)
    expect(readFileSync(path, 'utf8')).toBe(IS_ROOT ? 'new' : 'old')
    expect(readdirSync(folder)).toEqual(['closed', 'route.yaml'])
  })
})
