import { expectationText } from '../../evidence/probe/expectation.ts'
import { problem } from '../../problem/problem.ts'
import { stampProblem } from '../../rollout/plan/stamp-problem.ts'
import type { Candidate } from '../find/candidate.ts'
import { endFor } from '../init-task.ts'
import type { Recognized } from '../recognize/recognize.ts'
import { recognize } from '../recognize/recognize.ts'
import type { Reply, Version } from '../recognize/reply.ts'
import { notesOnCounts, notesOnGiven, notesOnPods } from './notes-on-expect.ts'
import type { Evidence } from './proposal.ts'

export type Observed = {
  candidate: Candidate
  /** Inputs that say already how versions are recognized. */
  given: (name: string) => string | undefined
  /** Of the gateway; none where it was not asked. */
  replies: readonly Reply[]
  /** Whether stamps may name the versions. */
  stamps: boolean
  /** Whether samples were taken, so that replies are to be expected. */
  sampled: boolean
  versions: () => Promise<readonly Version[]>
  /** Whether the proxies of the gateway can be read. */
  canCount: () => Promise<boolean>
  /** Asks a person whether a guess is right; absent where there is none. */
  confirm?: ((question: string) => Promise<boolean>) | undefined
}

export type Decided = { evidence: Evidence; notes: string[] }

/** How the versions of a rule can be recognized: by stamps where that works, else by their replies, else by counters. */
export async function decideEvidence(observed: Observed): Promise<Decided> {
  const { candidate, given, replies, sampled } = observed
  if (given('expect') !== undefined || given('evidence') !== undefined)
    return {
      evidence: { kind: 'other', inputs: {} },
      notes:
        given('evidence') === 'counters' ? [NOT_READ] : notesOnGiven(candidate, given, replies),
    }
  const isStampable =
    observed.stamps &&
    stampProblem(candidate.object, candidate.rule) === undefined &&
    !hasProbeWithoutHead(given)
  const hasSuccess = replies.some(isSuccess)
  if (isStampable && (hasSuccess || !sampled))
    return { evidence: { kind: 'stamp' }, notes: stampNotes() }
  const found =
    sampled || candidate.names.length > 0
      ? recognize(await observed.versions(), replies)
      : undefined
  const isHttp = replies.some(({ head }) => head !== undefined)
  // Errors say little about a version that has not answered yet.
  const isGuess = isHttp && !hasSuccess && (found?.unseen.length ?? 0) > 0
  if (found !== undefined && !isGuess) {
    const decided = await fromReplies(observed, found)
    return isHttp && !hasSuccess
      ? { ...decided, notes: [...decided.notes, noSuccess(replies)] }
      : decided
  }
  if (!isStampable && (await observed.canCount()))
    return {
      evidence: { kind: 'other', inputs: { evidence: 'counters' } },
      notes: [
        'The replies do not tell the versions apart, so the run counts what every gateway proxy sent to each version (docs/proxies.md).',
        NOT_READ,
      ],
    }
  throw endFor([notRecognized(candidate, replies, isStampable)])
}

const NOT_READ =
  'NOT TRIED: neither init nor mode: plan reads proxies. If a proxy cannot be read, a shift ends before it writes.'

function noSuccess([first]: readonly Reply[]): string {
  const { grpcStatus, status } = first?.head ?? {}
  return `NO SUCCESS: the first reply had status ${grpcStatus ?? status}. Name a path that succeeds with --probe-path.`
}

function stampNotes(): string[] {
  return [
    'With expect: stamp, the gateway names the version in a response header during the run. mode: verify writes nothing, so it cannot use stamps.',
  ]
}

function hasProbeWithoutHead(given: Observed['given']): boolean {
  return ['tcp', 'command'].includes(given('probe') ?? '')
}

function isSuccess({ head }: Reply): boolean {
  if (head === undefined) return false
  return head.grpcStatus === undefined
    ? head.status >= 200 && head.status < 300
    : head.grpcStatus === 'OK'
}

async function fromReplies(observed: Observed, found: Recognized): Promise<Decided> {
  const { confirm } = observed
  const evidence: Evidence = { kind: 'expect', expect: found.expect }
  const each = found.expect.map((one) => `${one.destination}: ${expectationText(one)}`).join('; ')
  const notes: Record<Recognized['by'], string> = {
    pods: 'Sure: the Pods of each version were asked, and each reply of the gateway matches exactly one version.',
    names: 'The replies name the versions, and each reply of the gateway matches exactly one.',
    shares:
      'NOT SURE which version sends which reply: the only sign is that the number of replies of each kind fits the weights in force. Check expect before you shift.',
  }
  const unseen =
    found.unseen.length === 0
      ? []
      : [
          `NOT SEEN yet: replies of ${found.unseen.join(', ')}. The expression is derived from those of the others. Check it before you shift.`,
        ]
  const doubts = [...unseen, ...notesOnCounts(observed.candidate, found), ...notesOnPods(found)]
  if (found.by !== 'shares' || confirm === undefined)
    return { evidence, notes: [notes[found.by], ...doubts] }
  const isRight = await confirm(
    `Only the weights suggest which version sends which reply. Is this right? ${each}`,
  )
  if (isRight) return { evidence, notes: ['You confirmed which version sends which reply.'] }
  throw endFor([
    problem(
      'ITS-INIT-NOT-RECOGNIZED',
      'It is not known which version sends which reply.',
      'Run init again with --expect, a mapping of each version to an expression, such as --expect \'{v1: "^one", v2: "^two"}\'.',
    ),
  ])
}

function notRecognized(
  { names, rule }: Candidate,
  replies: readonly Reply[],
  isStampable: boolean,
) {
  const [first] = replies
  const status = first?.head?.grpcStatus ?? first?.head?.status
  const example =
    first === undefined
      ? ''
      : ` The first reply was: ${[status ?? '', first.text.trim().slice(0, 80)].join(' ').trim()}.`
  if (isStampable)
    return problem(
      'ITS-INIT-NO-REPLY',
      `None of ${replies.length} replies was a success, and expect: stamp needs successes.${example}`,
      rule.protocol === 'grpc'
        ? 'Name a method that each version answers with OK: --probe-path /package.Service/Method.'
        : 'Name a path that each version answers with 2xx: --probe-path PATH. Name headers that it needs with --probe-headers.',
    )
  return problem(
    'ITS-INIT-NOT-RECOGNIZED',
    `${replies.length} replies do not show how ${names.join(', ')} differ.${example}`,
    'Say which replies come from which version with --expect, such as --expect \'{v1: "^one", v2: "^two"}\'. Or let init ask the Pods itself, with the rights to get services and to list pods and open pods/portforward in their namespace. Or use --evidence counters (docs/proxies.md).',
  )
}
