import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Json, listAt, numberAt, parseJson } from '../../../sandbox/objects/json.ts'
import { startStep } from '../../run/step.ts'
import { type RunPhases, runPhases } from './phases.ts'

/** The mesh that a way of shifting works on. */
export type Mesh = {
  /** Path of a file. */
  kubeconfig: string
  gateway: { host: string; port: number }
  /** The tutorial's VirtualService with v2 at this percentage, as JSON. */
  manifest: (weightPercent: number) => string
  /** Whether the gateway serves this percentage, as it says itself. */
  serves: (weightPercent: number) => Promise<boolean>
}

/** What a shift by one way took. */
export type Took = {
  totalMs: number
  apiCalls: number
  /** Connections to the gateway. */
  connections: number
  /** Of the action alone. */
  phases?: RunPhases
}

/** A way to shift from 80/20 to 50/50 or back, and to look at what became of it. */
export type Way = { name: string; shift: (mesh: Mesh, weightPercent: number) => Promise<Took> }

/** The built action, with all defaults: it ends when the split is confirmed. Throws if it is not. */
export const ACTION: Way = {
  name: 'this action, confirmed at 99%',
  async shift({ kubeconfig }, weightPercent) {
    const startedMs = Date.now()
    const step = startStep({ kubeconfig, subset: 'v2', weight: String(weightPercent) })
    try {
      const { text, status } = await step.main().ended
      const endedMs = Date.now()
      const { report: file } = step.outputs()
      if (!file || status !== 0) throw new Error(`the step did not pass:\n${text}`)
      const report: Json = parseJson(readFileSync(file, 'utf8'))
      return {
        totalMs: endedMs - startedMs,
        apiCalls:
          listAt(report, 'apiCalls').length + (numberAt(report, 'leftOut', 'apiCalls') ?? 0),
        connections: numberAt(report, 'samples') ?? Number.NaN,
        phases: runPhases(report, { startedMs, endedMs }),
      }
    } finally {
      step.remove()
    }
  },
}

const LOOKS = 10

/** What the tutorial does: apply, then ten connections one after the other, each with its second of sleep, to be read by a person. */
export const TUTORIAL_LOOP: Way = {
  name: `kubectl apply, ${LOOKS} times (date; sleep 1) | nc, read by eye`,
  async shift(mesh, weightPercent) {
    const startedMs = performance.now()
    const apiCalls = await apply(mesh, weightPercent)
    const { host, port } = mesh.gateway
    const looking = `(date; sleep 1) | nc -N ${host} ${port}`
    for (let look = 0; look < LOOKS; look += 1) await ended('sh', ['-c', looking])
    return { totalMs: performance.now() - startedMs, apiCalls, connections: LOOKS }
  },
}

/**
 * Apply, then `kubectl get` until the gateway has changed. No object says when that is; the bench asks the gateway
 * itself and tells, which is more than a script can know. Not one connection is looked at.
 */
export const POLLING: Way = {
  name: 'kubectl apply, kubectl get until the gateway changed, nothing confirmed',
  async shift(mesh, weightPercent) {
    const startedMs = performance.now()
    let apiCalls = await apply(mesh, weightPercent)
    do apiCalls += await kubectl(mesh, ['get', 'virtualservice', 'tcp-echo', '-o', 'json'])
    while (!(await mesh.serves(weightPercent)))
    return { totalMs: performance.now() - startedMs, apiCalls, connections: 0 }
  },
}

export const WAYS: readonly Way[] = [ACTION, POLLING, TUTORIAL_LOOP]

function apply(mesh: Mesh, weightPercent: number): Promise<number> {
  return kubectl(mesh, ['apply', '-f', '-'], mesh.manifest(weightPercent))
}

/** Runs kubectl; resolves with the number of its calls to the API server, which it lists at this verbosity. */
async function kubectl(
  { kubeconfig }: Mesh,
  words: readonly string[],
  input = '',
): Promise<number> {
  const given = ['--kubeconfig', kubeconfig, '--namespace', 'demo', '-v=6', ...words]
  const { status, stderr } = await ended('kubectl', given, input)
  if (status !== 0) throw new Error(`kubectl ${words.join(' ')} failed:\n${stderr}`)
  return stderr.match(/"Response" verb=|\b(?:GET|POST|PUT|PATCH) https:\S+ \d{3} /g)?.length ?? 0
}

function ended(
  program: string,
  words: readonly string[],
  input = '',
): Promise<{ status: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { stdio: ['pipe', 'ignore', 'pipe'] })
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', (status) => resolve({ status, stderr }))
    child.stdin.end(input)
  })
}
