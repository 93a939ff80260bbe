import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { hooks, respond } from '../../sandbox/faults/api-acts.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { manifest } from '../manifest/edit.ts'
import { HOSTILE } from '../report/run.ts'
import { interruptRun, ROLLBACK, STATUS } from './interrupted.ts'
import { type RunResult, runOn, WEB } from './run.ts'

/** A run as users have them, on a mesh that is made for it. */
type KindOfRun = {
  mesh?: SandboxOptions
  inputs: Readonly<Record<string, string | undefined>>
  /** The text of the file that the input `manifest` names. */
  file?: string
  trouble?: (sandbox: Sandbox) => Promise<void>
  /** What happens to the mesh when a line is printed. */
  onLine?: (sandbox: Sandbox, text: string) => void
}

/** A shift over HTTP that few requests confirm. */
const HTTP = { ...WEB, subset: 'v2', weight: '50', tolerance: '20', rate: '500' }

/** Every way in which a report differs in what it holds. */
export const KINDS_OF_RUN = {
  pass: { inputs: { subset: 'v2', weight: '20', tolerance: '12' } },
  ramp: {
    inputs: {
      subset: 'v2',
      weight: '100',
      steps: '20, 50',
      tolerance: '12',
      'step-interval': '50ms',
    },
  },
  'three destinations': {
    mesh: { weights: { v1: 80, v2: 20, v3: 0 } },
    inputs: {
      weights: '{v1: 60, v2: 30, v3: 10}',
      expect: '{v1: "^one ", v2: "^two ", v3: "^three "}',
      tolerance: '12',
    },
  },
  'fail and rollback': {
    mesh: { weights: { v1: 100, v2: 0 } },
    inputs: { subset: 'v2', weight: '20', steps: '10', 'propagation-timeout': '1s' },
    trouble: async (sandbox) => {
      await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 78, v2: 22 } })
    },
  },
  'no reply': {
    inputs: { subset: 'v2', weight: '30', 'probe-timeout': '1s' },
    trouble: async (sandbox) => {
      await sandbox.faults.destination('v2', { kind: 'dead' })
    },
  },
  plan: { inputs: { mode: 'plan', subset: 'v2', weight: '60', steps: '20' } },
  manifest: {
    inputs: { subset: 'tcp-echo/v2', weight: '20', expect: undefined },
    file: manifest(`        - destination:
            host: tcp-echo
            subset: v1
`),
  },
  verify: {
    mesh: { weights: { v1: 80, v2: 20 } },
    inputs: { mode: 'verify', weights: 'current', tolerance: '15' },
  },
  limits: {
    mesh: { web: { http: { v1: 80, v2: 20 } } },
    inputs: { ...HTTP, 'max-errors': '20', 'max-latency': 'p50=4s', 'health-span': '300ms' },
  },
  'alarm of a watch': {
    mesh: { web: { http: { v1: 80, v2: 20 } } },
    inputs: {
      ...HTTP,
      steps: '30',
      'step-interval': '20s',
      'max-errors': '40',
      'health-span': '300ms',
    },
    onLine: (sandbox, text) => {
      if (text.includes('Confirmed: v1 70%'))
        void sandbox.faults.destination('v2', { kind: 'status', status: 503 })
    },
  },
  'cut off': {
    inputs: { subset: 'v2', weight: '20', connections: '20', 'propagation-timeout': '100ms' },
  },
  'locked by another run': {
    mesh: { weights: { v1: 80, v2: 20 } },
    inputs: { subset: 'v2', weight: '50' },
    trouble: async (sandbox) => interruptRun(sandbox, Date.now()),
  },
  status: {
    mesh: { weights: { v1: 80, v2: 20 } },
    inputs: STATUS,
    trouble: async (sandbox) => interruptRun(sandbox, Date.now()),
  },
  'rollback of another run': {
    mesh: { weights: { v1: 80, v2: 20 } },
    inputs: ROLLBACK,
    trouble: async (sandbox) => interruptRun(sandbox, Date.now()),
  },
  'rollback failed': {
    inputs: {
      subset: 'v2',
      weight: '20',
      connections: '5',
      'propagation-timeout': '100ms',
      timeout: '6s',
    },
    trouble: async (sandbox) => {
      const writes = { method: 'PATCH', dryRun: false } as const
      const after = () => void sandbox.faults.api({ match: writes, act: respond(403, {}) })
      await sandbox.faults.api({ match: writes, times: 1, act: hooks({ after }) })
    },
  },
  'wrong input': { inputs: { subset: 'v2', weight: '120' } },
  'refused by the API server': {
    inputs: { subset: 'v2', weight: '20' },
    trouble: async (sandbox) => {
      await sandbox.faults.api({ match: { method: 'PATCH' }, act: respond(503, {}) })
    },
  },
  hostile: {
    inputs: { subset: 'v2', weight: '40' },
    trouble: async (sandbox) => {
      const bytes = `${HOSTILE[4]} ${HOSTILE[0]}${HOSTILE[2]}${HOSTILE[12]}${'x'.repeat(500)}\n`
      await sandbox.faults.destination('v2', { kind: 'reply', bytes })
    },
  },
} as const satisfies Readonly<Record<string, KindOfRun>>

export type KindName = keyof typeof KINDS_OF_RUN

export function isKindName(name: string): name is KindName {
  return name in KINDS_OF_RUN
}

export const KIND_NAMES = Object.keys(KINDS_OF_RUN).filter(isKindName)

/** Makes the mesh, runs, and takes the mesh down. */
export async function runKind(name: KindName): Promise<RunResult> {
  const { mesh, inputs, file, trouble, onLine }: KindOfRun = KINDS_OF_RUN[name]
  const sandbox = await startSandbox({ debounceMs: 10, ...mesh })
  try {
    await trouble?.(sandbox)
    const extras = onLine && { onLine: (text: string) => onLine(sandbox, text) }
    return await (file === undefined
      ? runOn(sandbox, inputs, extras)
      : runOnFile(sandbox, inputs, file))
  } finally {
    await sandbox.stop()
  }
}

/** A run that is given a file with this text as its manifest. */
async function runOnFile(
  sandbox: Sandbox,
  inputs: KindOfRun['inputs'],
  text: string,
): Promise<RunResult> {
  const folder = mkdtempSync(path.join(tmpdir(), 'manifest-'))
  try {
    const file = path.join(folder, 'route.yaml')
    writeFileSync(file, text)
    return await runOn(sandbox, { ...inputs, manifest: file })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
