import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Json, listAt, objectAt, textAt } from '../objects/json.ts'
import type { KubeObject } from '../objects/kube-object.ts'
import { expanded } from './expand.ts'
import type { NetworkPlace } from './pod-network.ts'

export type PodExit = { code: number | null; signal: NodeJS.Signals | null }

/** The process of a Pod's container. */
export type PodProcess = {
  ended: Promise<PodExit>
  /** Asks it to end, and kills it after so many milliseconds; 0: at once. */
  end(graceMs: number): void
}

type Inside = {
  /** Contents of the files of Secrets, by path. */
  files: Readonly<Record<string, string>>
  network: readonly NetworkPlace[]
}

/**
 * Starts the first container of a Pod as a process of this machine. The image is ignored: a command `node` is this Node.
 * Files of volumes are in a folder of their own, and arguments that name their paths name that instead.
 */
export function startPodProcess(
  pod: KubeObject,
  { files, network }: Inside,
  write: (text: string) => void,
): PodProcess {
  const container = listAt(pod, 'spec', 'containers')[0] ?? null
  const environment = environmentOf(pod, container)
  const folder = mkdtempSync(path.join(tmpdir(), 'pod-'))
  const placed = Object.entries(files).map(([file, content], index) => {
    const real = path.join(folder, `${index}-${path.basename(file)}`)
    writeFileSync(real, content)
    return [file, real] as const
  })
  const inPlace = (text: string) =>
    placed.reduce((sum, [file, real]) => sum.replaceAll(file, real), text)
  const words = [...listAt(container, 'command'), ...listAt(container, 'args')].map((word) =>
    inPlace(expanded(String(word), environment)),
  )
  const [command = 'node', ...args] = words
  const program = command === 'node' ? process.execPath : command
  const child = spawn(program, args, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      ...environment,
      NODE_OPTIONS: `--import ${new URL('capture.mjs', import.meta.url).href}`,
      SANDBOX_NETWORK: JSON.stringify(network),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', write)
  }
  const ended = new Promise<PodExit>((resolve) => {
    child.once('error', (error) => {
      write(`${error.message}\n`)
      resolve({ code: 128, signal: null })
    })
    child.once('close', (code, signal) => resolve({ code, signal }))
  }).finally(() => rmSync(folder, { recursive: true, force: true }))
  let killing: NodeJS.Timeout | undefined
  void ended.then(() => clearTimeout(killing))
  return {
    ended,
    end(graceMs) {
      if (graceMs === 0) return void child.kill('SIGKILL')
      child.kill('SIGTERM')
      killing ??= setTimeout(() => child.kill('SIGKILL'), graceMs)
    },
  }
}

function environmentOf(pod: KubeObject, container: Json): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const one of listAt(container, 'env')) {
    const name = textAt(one, 'name') ?? ''
    const field = textAt(one, 'valueFrom', 'fieldRef', 'fieldPath')
    environment[name] = field === undefined ? (textAt(one, 'value') ?? '') : fieldOf(pod, field)
  }
  return environment
}

/** A field of the Pod, as the downward API gives it. */
function fieldOf(pod: KubeObject, field: string): string {
  const [, map, key] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(field) ?? []
  if (map !== undefined && key !== undefined)
    return String(objectAt(pod, 'metadata', map)[key] ?? '')
  return textAt(pod, ...field.split('.')) ?? ''
}
