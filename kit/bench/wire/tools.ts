import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The two cores that everything here shares: the first two that this process may use. Undefined without taskset. */
export function twoCores(): string | undefined {
  const [, list = ''] =
    /: (.*)$/.exec(answerOf(['taskset', '-cp', String(process.pid)]) ?? '') ?? []
  const cores = list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
  return list === '' ? undefined : cores.slice(0, 2).join(',')
}

/** The command on these cores only; as it is where they are undefined. */
export function pinned(cores: string | undefined, command: readonly string[]): string[] {
  return cores === undefined ? [...command] : ['taskset', '-c', cores, ...command]
}

/** What to do where Go is missing. Go 1.19 and later will do. */
export const NO_GO =
  'Go is missing. It builds the echo server and the Go client. Install it:\n  sudo apt-get install golang-go'

/** The paths of the Go programs. */
export type GoPrograms = {
  echo: string
  dial: string
  web: string
  request: string
  /** Whether they speak HTTP/2 without TLS, as with Go 1.24 and later. */
  canHttp2: boolean
  remove: () => void
}

/** Builds the Go programs of this folder into a temporary one; undefined where Go is not installed. */
export function buildGoPrograms(): GoPrograms | undefined {
  if (answerOf(['go', 'version']) === undefined) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'bench-wire-'))
  const { status, stderr } = spawnSync('go', ['build', '-o', `${folder}/`, './...'], {
    cwd: join(import.meta.dirname, 'go'),
    encoding: 'utf8',
  })
  const remove = () => rmSync(folder, { recursive: true, force: true })
  if (status !== 0) {
    remove()
    throw new Error(`go build: ${stderr}`)
  }
  const program = (name: string) => join(folder, name)
  return {
    echo: program('echo'),
    dial: program('dial'),
    web: program('web'),
    request: program('request'),
    canHttp2: spawnSync(program('request'), ['-can-http2']).status === 0,
    remove,
  }
}

/** Whether there is an nc that ends its half when its input ends (`-N`), as the tutorial's does. */
export function hasNc(): boolean {
  const { stdout, stderr } = spawnSync('nc', ['-h'], { encoding: 'utf8' })
  return /-N\b/.test(`${stdout}${stderr}`)
}

function answerOf([program = '', ...given]: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(program, given, { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
