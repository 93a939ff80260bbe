import { describe, expect, test } from 'vitest'
import {
  GATEWAY_ROUTES,
  type Kind,
  runRoute,
  WITHOUT_SAMPLES,
} from '../../../kit/run/gateway-api.ts'
import { paste } from '../../../kit/run/shell.ts'
import { type Running, type Step, startStep } from '../../../kit/run/step.ts'
import { JOURNAL } from '../../../src/journal/journal.ts'
import { HOPELESS, named, ROUTES, SHORT, sharedMesh } from './support.ts'

const mesh = sharedMesh()

/** A step of the built action that moves v2 to 60%, slow enough to be still running when it is disturbed. */
function slowStep(
  kind: Kind,
  environment: Readonly<Record<string, string>> = {},
  others: Readonly<Record<string, string>> = {},
): Step {
  const { sandbox } = mesh()
  const { inputs, destination } = GATEWAY_ROUTES[kind]
  return startStep(
    {
      kubeconfig: sandbox.kubeconfig,
      ...inputs,
      payload: undefined,
      ...(kind === 'tls' ? { 'probe-ca': sandbox.web.authority } : {}),
      subset: destination('v2'),
      ...SHORT,
      rate: '20',
      ...others,
    },
    environment,
  )
}

async function afterWrite(step: Step, signal: NodeJS.Signals): Promise<Running['ended']> {
  const main = step.main()
  await main.line(/Written at/)
  main.process.kill(signal)
  return main.ended
}

describe.each(ROUTES)('%s', (_, kind) => {
  test('is restored by a rollback while the run is alive, which ends as changed-by-other', async () => {
    const { sandbox, shift, text, journaled } = mesh()
    const before = text(kind)
    const rollback = { mode: 'rollback', ...WITHOUT_SAMPLES }
    let second: ReturnType<typeof runRoute> | undefined
    const { outcome } = await shift(
      kind,
      { rate: '50', 'propagation-timeout': '200ms' },
      {
        onLine: (line) => {
          if (line.startsWith('Written at')) second = runRoute(sandbox, kind, rollback)
        },
      },
    )
    const ended = await second
    expect(ended?.outcome, ended?.log).toMatchObject({
      verdict: 'restored',
      weights: named(kind, { v1: 80, v2: 20 }),
    })
    expect(outcome.reason).toBe('changed-by-other')
    expect(text(kind)).toBe(before)
    expect(journaled(kind)).toBe(false)
  })

  test('has its previous weights again after the commands that are printed where the journal was lost', async () => {
    const { sandbox, shift, text } = mesh()
    const before = text(kind)
    const { ref } = GATEWAY_ROUTES[kind]
    const { outcome } = await shift(kind, HOPELESS, {
      onLine: (line) => {
        if (line.startsWith('Written at'))
          sandbox.objects.patch(ref, { metadata: { annotations: { [JOURNAL]: '{}' } } })
      },
    })
    expect(outcome).toMatchObject({ reason: 'changed-by-other' })
    const commands = outcome.remedy.slice(outcome.remedy.indexOf('\n'))
    const pasted = await paste(commands, sandbox.kubeconfig, 'stand-in')
    expect(pasted, outcome.remedy).toMatchObject({ status: 0 })
    expect(text(kind)).toBe(before)
  })
})

const RUN = { GITHUB_RUN_ID: '7' }

test('the built action restores an HTTPRoute after SIGINT', async () => {
  const before = mesh().text('http')
  const step = slowStep('http')
  const { text } = await afterWrite(step, 'SIGINT')
  expect(step.outputs(), text).toMatchObject({ reason: 'cancelled', 'rolled-back': 'true' })
  expect(mesh().text('http')).toBe(before)
  step.remove()
})

test('the post step restores a GRPCRoute after the built action was killed', async () => {
  const before = mesh().text('grpc')
  const step = slowStep('grpc')
  await afterWrite(step, 'SIGKILL')
  expect(mesh().journaled('grpc')).toBe(true)
  const { status, text } = await step.post().ended
  expect(status, text).toBe(0)
  expect(text).toContain('demo/grpc-route has its previous weights again')
  expect(mesh().text('grpc')).toBe(before)
  step.remove()
})

test.each(['tls', 'tcp'] as const)(
  'a later attempt restores the %s route of a killed run before it shifts',
  async (kind) => {
    const step = slowStep(kind, RUN)
    await afterWrite(step, 'SIGKILL')
    step.remove()
    const next = slowStep(kind, { ...RUN, GITHUB_RUN_ATTEMPT: '2' }, { rate: '', weight: '50' })
    const { text } = await next.main().ended
    expect(next.outputs(), text).toMatchObject({
      verdict: 'pass',
      'previous-weights': JSON.stringify(named(kind, { v1: 80, v2: 20 })),
      weights: JSON.stringify(named(kind, { v1: 50, v2: 50 })),
    })
    next.remove()
    expect(mesh().journaled(kind)).toBe(false)
  },
)
