import type { Sandbox } from '../../sandbox/sandbox.ts'
import { initWorld } from '../../src/host/init/init-command.ts'
import { init } from '../../src/init/init.ts'
import { startRedacting } from '../../src/report/redact/redact.ts'

/** What `init` proposed, as JSON has it. */
export type Proposed = {
  object: string
  namespace: string
  inputs: Record<string, string>
  notes: string[]
  rights: {
    namespace: string
    group: string
    resource: string
    names?: string[]
    verbs: string[]
    isRequired: boolean
  }[]
  commands: { plan: string; shift: string }
}

export type InitResult = { status: number; printed: string; said: string }

type Extras = {
  kubeconfig?: string
  file?: string
  samples?: boolean
  stamps?: boolean
  output?: 'text' | 'json'
  /** What a person answers, one after the other; absent: there is none. */
  answers?: string[]
  cancelled?: AbortSignal
}

/** Runs `init` in this process with options of runs, as the command line does it. */
export async function initWith(
  sandbox: Pick<Sandbox, 'kubeconfig'>,
  options: Readonly<Record<string, string>>,
  extras: Extras = {},
): Promise<InitResult> {
  const { kubeconfig = sandbox.kubeconfig, file, samples = true, stamps = true, answers } = extras
  const given: Readonly<Record<string, string>> = { kubeconfig, ...options }
  const redactor = startRedacting()
  let printed = ''
  let said = ''
  const cancelled = extras.cancelled ?? new AbortController().signal
  const status = await init(
    {
      ...initWorld({}, cancelled, redactor),
      program: 'istio-traffic-shift',
      print(text) {
        printed += redactor.redact(text)
      },
      say(text) {
        said += `${redactor.redact(text)}\n`
      },
      ...(answers && {
        async ask(question: string) {
          said += question
          return answers.shift() ?? ''
        },
      }),
    },
    { raw: (name) => given[name], output: extras.output ?? 'text', file, samples, stamps },
  )
  return { status, printed, said }
}

/** What `init` proposes; fails where it ends otherwise. */
export async function proposedFor(
  sandbox: Pick<Sandbox, 'kubeconfig'>,
  options: Readonly<Record<string, string>>,
  extras: Extras = {},
): Promise<Proposed> {
  const { status, printed, said } = await initWith(sandbox, options, { ...extras, output: 'json' })
  if (status !== 0) throw new Error(`init ended with ${status}: ${said}`)
  return JSON.parse(printed)
}
